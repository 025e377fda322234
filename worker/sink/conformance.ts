import { expect, it } from 'vitest';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { Outcome, Sink } from './sink';

/** One sink under test and its real peer. */
export interface Bench {
  /** A new sink on the peer, not opened. */
  sink(): Sink;
  /** Ids of what arrived at the peer, in its order, repeats included unless the peer itself leaves them out. */
  arrived(): Promise<readonly { readonly id: string; readonly key: string | null; readonly payload: string | null }[]>;
  /** The peer goes away, cutting connections, and comes back. */
  peerDown(): Promise<void>;
  peerUp(): Promise<void>;
  /** Makes the next write hang at the peer until `release` is called. */
  hang(): Promise<{ release(): Promise<void> }>;
}

export interface SinkTraits {
  /** The peer keeps repeats of an event away by itself. */
  readonly removesRepeats: boolean;
  /** A payload that the peer refuses as too large; null when it has no bound below the sink's own. */
  readonly tooLargeBytes: number | null;
}

let made = 0;

/** An event for a sink test; ids and positions rise. */
export function testEvent(part: Partial<OutboundEvent> = {}): OutboundEvent {
  const seq = made++;
  return {
    id: `7/0-1A/${seq}`,
    position: { systemId: '7', commitLsn: 26n, seq, fromSnapshot: false },
    op: 'c',
    schema: 'public',
    table: 'orders',
    key: `{"id":${seq % 3}}`,
    payload: Buffer.from(`{"seq":${seq},"text":"ä \\u2028 \\"quoted\\""}`),
    contentType: 'application/json',
    headers: {},
    commitTimeUs: 1_559_033_904_863_123n,
    ...part,
  };
}

export const noAbort = (): AbortSignal => new AbortController().signal;
const events = (count: number): OutboundEvent[] => Array.from({ length: count }, () => testEvent());
const failures = (outcomes: readonly Outcome[]) => outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));

/** What every sink owes the pipeline (sink.ts). Runs inside a `describe` of the sink's own test file. */
export function sinkConformance(traits: SinkTraits, bench: () => Bench): void {
  const opened = async (): Promise<Sink> => {
    const sink = bench().sink();
    await sink.open(noAbort());
    return sink;
  };
  const idsSince = async (before: number) => (await bench().arrived()).slice(before).map((event) => event.id);

  it('delivers a batch in order with one outcome an event, payload bytes and key as they were', async () => {
    const sink = await opened();
    const before = (await bench().arrived()).length;
    const batch = events(20);
    const outcomes = await sink.write(batch, noAbort());
    expect(outcomes).toEqual(batch.map(() => ({ ok: true })));
    const arrived = (await bench().arrived()).slice(before);
    for (const key of new Set(batch.map((event) => event.key))) {
      const of = <T extends { key: string | null }>(list: readonly T[]) => list.filter((event) => event.key === key);
      expect(of(arrived).map((event) => [event.id, event.payload])).toEqual(of(batch).map((event) => [event.id, String(event.payload)]));
    }
    await sink.close();
  });

  it('keeps the order of a key over many batches', async () => {
    const sink = await opened();
    const before = (await bench().arrived()).length;
    const sent: string[] = [];
    for (let round = 0; round < 10; round++) {
      const batch = Array.from({ length: 7 }, () => testEvent({ key: '{"id":1}' }));
      sent.push(...batch.map((event) => event.id));
      expect(failures(await sink.write(batch, noAbort()))).toEqual([]);
    }
    expect(await idsSince(before)).toEqual(sent);
    await sink.close();
  });

  it('takes an event without key and an empty batch', async () => {
    const sink = await opened();
    expect(await sink.write([], noAbort())).toEqual([]);
    expect(failures(await sink.write([testEvent({ key: null })], noAbort()))).toEqual([]);
    await sink.close();
  });

  it('takes the same events again: a repeat has the same id, or leaves no trace', async () => {
    const first = await opened();
    const before = (await bench().arrived()).length;
    const batch = events(3);
    await first.write(batch, noAbort());
    await first.close();
    const second = await opened();
    expect(failures(await second.write(batch, noAbort()))).toEqual([]);
    await second.close();
    const times = traits.removesRepeats ? 1 : 2;
    const ids = await idsSince(before);
    for (const { id } of batch) expect(ids.filter((seen) => seen === id)).toHaveLength(times);
  });

  it('rejects at once on abort, with its reason, and works afterwards', async () => {
    const sink = await opened();
    const hanging = await bench().hang();
    const controller = new AbortController();
    const write = sink.write(events(2), controller.signal);
    setTimeout(() => controller.abort(new Error('lease lost')), 200);
    const started = Date.now();
    await expect(write).rejects.toThrow('lease lost');
    expect(Date.now() - started).toBeLessThan(2_000);
    await hanging.release();
    expect(failures(await sink.write(events(2), noAbort()))).toEqual([]);
    await expect(sink.write(events(1), AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await sink.close();
  });

  it('calls a peer that went away transient, never the event’s fault, and delivers when it is back', async () => {
    const sink = await opened();
    expect(failures(await sink.write(events(2), noAbort()))).toEqual([]);
    await bench().peerDown();
    const batch = events(2);
    const refused = failures(await sink.write(batch, noAbort()));
    expect(refused.map((error) => error.errorClass)).toEqual(['transient', 'transient']);
    const closed = bench().sink();
    await expect(closed.open(noAbort())).rejects.toMatchObject({ kind: 'sink_unreachable' });
    expect((await closed.check(noAbort())).some((step) => step.status === 'failed' && step.remedy)).toBe(true);
    await closed.close();
    await bench().peerUp();
    const outcomes = await sink.write(batch, noAbort());
    expect(failures(outcomes)).toEqual([]);
    const ids = (await bench().arrived()).map((event) => event.id);
    for (const { id } of batch) expect(ids).toContain(id);
    await sink.close();
  });

  const { tooLargeBytes } = traits;
  const ifBounded = tooLargeBytes === null ? null : it;
  ifBounded?.('says that an event is too large, and of a batch that it cannot tell which', async () => {
    const sink = await opened();
    const large = testEvent({ payload: Buffer.from(JSON.stringify('x'.repeat(tooLargeBytes ?? 0))) });
    expect(failures(await sink.write([large], noAbort()))).toMatchObject([{ errorClass: 'oversize' }]);
    const both = failures(await sink.write([large, testEvent({ key: large.key })], noAbort()));
    expect(both.some((error) => error.errorClass === 'oversize' && error.wholeBatch)).toBe(true);
    expect(failures(await sink.write(events(2), noAbort()))).toEqual([]);
    await sink.close();
  });

  it('checks step by step and sends nothing', async () => {
    const sink = bench().sink();
    const before = (await bench().arrived()).length;
    const steps = await sink.check(noAbort());
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.filter((step) => step.status === 'failed')).toEqual([]);
    expect((await bench().arrived()).length).toBe(before);
    await sink.close();
  });

  it('closes twice, and without having been opened', async () => {
    const sink = bench().sink();
    await sink.close();
    const used = await opened();
    await used.close();
    await used.close();
  });
}
