import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '@/worker/flow/flow';
import { type Peer, testedOn } from '@/worker/testing/tested-on';
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
  /** The peer itself hands out what it got in any order: what arrived is then compared, not when. */
  readonly unordered?: true;
  /** A payload that the peer refuses as too large; null when it has no bound below the sink's own. */
  readonly tooLargeBytes: number | null;
  /** Makes the peer refuse this event alone, by its rules, until called back; for sinks that answer per event. */
  readonly refuse?: (id: string) => Promise<{ restore(): Promise<void> }>;
  /** The peer stops taking the credentials of sinks made so far; `sink()` makes those with the new ones from now on. */
  readonly rotate?: () => Promise<void>;
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

/** What every sink owes the pipeline (sink.ts), on this peer. Runs inside a `describe` of the sink's own test file. */
export function sinkConformance(peer: Peer, traits: SinkTraits, bench: () => Bench): void {
  describe(`on ${peer.name} (${peer.kind})`, testedOn(peer), () => conformance(traits, bench));
}

function conformance(traits: SinkTraits, bench: () => Bench): void {
  const opened = async (): Promise<Sink> => {
    const sink = bench().sink();
    await sink.open(noAbort());
    return sink;
  };
  const inOrder = <T>(list: T[]): T[] => (traits.unordered ? list.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : list);
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
      const got = of(arrived).map((event) => [event.id, event.payload]);
      expect(inOrder(got)).toEqual(inOrder(of(batch).map((event) => [event.id, String(event.payload)])));
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
    expect(inOrder(await idsSince(before))).toEqual(inOrder(sent));
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
    let aborted = Number.POSITIVE_INFINITY;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort(new Error('lease lost'));
    }, 200);
    await expect(write).rejects.toThrow('lease lost');
    expect(performance.now() - aborted).toBeLessThan(10_000);
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
    // Either the batch as a whole, which the pipeline narrows down, or the one event by name.
    expect(both.some((error) => error.errorClass === 'oversize' && (error.wholeBatch || both.length === 1))).toBe(true);
    expect(failures(await sink.write(events(2), noAbort()))).toEqual([]);
    await sink.close();
  });

  const { refuse, rotate } = traits;
  const ifRefuses = refuse ? it : null;
  ifRefuses?.('names the one event of a batch that is refused, delivers the others, and takes it later', async () => {
    const sink = await opened();
    expect(sink.limits.partialOutcomes).toBe(true);
    const batch = [testEvent({ key: '{"id":1}' }), testEvent({ key: '{"id":2}' }), testEvent({ key: '{"id":3}' })];
    const refused = batch[1] as OutboundEvent;
    const refusal = await refuse?.(refused.id);
    const outcomes = await sink.write(batch, noAbort());
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
    expect(failures(outcomes)).toMatchObject([{ errorClass: 'contract' }]);
    expect(failures(outcomes)[0]?.wholeBatch).toBeUndefined();
    expect((await bench().arrived()).map((event) => event.id)).not.toContain(refused.id);
    await refusal?.restore();
    expect(failures(await sink.write([refused], noAbort()))).toEqual([]);
    expect((await bench().arrived()).map((event) => event.id)).toContain(refused.id);
    await sink.close();
  });

  const ifRotates = rotate ? it : null;
  ifRotates?.('calls rotated credentials an outage of kind auth, and delivers with the new ones', async () => {
    const old = await opened();
    await rotate?.();
    const batch = events(2);
    const refused = failures(await old.write(batch, noAbort()));
    expect(refused.map((error) => error.errorClass)).toEqual(['auth', 'auth']);
    await old.close();
    const renewed = await opened();
    expect(failures(await renewed.write(batch, noAbort()))).toEqual([]);
    await renewed.close();
  });

  it('says nothing is delivered before the peer has it: a slow peer holds the write', async () => {
    const sink = await opened();
    const hanging = await bench().hang();
    const batch = events(3);
    let settled = false;
    const write = sink.write(batch, noAbort()).finally(() => {
      settled = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(settled).toBe(false);
    await hanging.release();
    const late = await write;
    // A peer may cut what it held: then nothing was promised, and the same events are taken again.
    const again = batch.filter((_, index) => !late[index]?.ok);
    expect(failures(late).every((error) => error.errorClass === 'transient')).toBe(true);
    expect(failures(await sink.write(again, noAbort()))).toEqual([]);
    const ids = (await bench().arrived()).map((event) => event.id);
    for (const { id } of batch) expect(ids).toContain(id);
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
