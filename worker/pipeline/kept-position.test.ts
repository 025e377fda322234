import { describe, expect, it } from 'vitest';
import { noAbort, testEvent } from '@/worker/sink/conformance';
import { DELIVERED, type SinkPositions } from '@/worker/sink/sink';
import type { Change, EventPosition } from '@/worker/source/source';
import { InFlight } from './in-flight';
import { KeptPositions } from './kept-position';
import { type Pending, pendingOf } from './pending';

const inFlight = new InFlight(0n);
inFlight.begin(0, null);

/** Messages of one change, as they wait in the queue. */
function pending(position: Partial<EventPosition>, messages = 1, op: Change['op'] = 'u'): Pending[] {
  const change: Change = {
    op,
    relation: { oid: 1, schema: 'public', table: 't', replicaIdentity: 'default', columns: [] },
    before: null,
    beforeKind: 'none',
    after: [],
    lsn: 1n,
    position: { systemId: '7', commitLsn: 10n, seq: 0, fromSnapshot: false, ...position },
    transaction: { xid: 1, commitLsn: 10n, commitTimeUs: 1n, previousCommitLsn: null },
    wireBytes: 0,
  };
  const events = Array.from({ length: messages }, () => testEvent());
  return pendingOf(change, { events, error: null }, inFlight.addEvent(1), 0);
}

/** A sink that keeps what it is given. */
function sink(found: readonly string[] = []) {
  const written: string[] = [];
  const positions: SinkPositions = {
    read: async () => found,
    write: async (batch, position) => {
      written.push(position);
      return batch.map(() => DELIVERED);
    },
  };
  return { positions, written };
}

async function keptBehind(items: readonly Pending[], epoch = 1, timeline = 1): Promise<string> {
  const { positions, written } = sink();
  const writer = new KeptPositions(positions, epoch);
  writer.on(timeline);
  await writer.write(items, noAbort());
  return written[0] ?? '';
}

async function reader(found: readonly string[], timeline = 1, epoch = 1): Promise<KeptPositions> {
  const kept = new KeptPositions(sink(found).positions, epoch);
  await kept.read(noAbort());
  kept.on(timeline);
  return kept;
}

describe('the position kept by the sink', () => {
  it('passes over what is at or before it, down to the message of a change', async () => {
    const moved = pending({ commitLsn: 10n, seq: 3 }, 3);
    const kept = await reader([await keptBehind(moved.slice(0, 2))]);
    const before = [...pending({ commitLsn: 9n, seq: 40 }), ...pending({ commitLsn: 10n, seq: 2 }), ...moved.slice(0, 2)];
    const behind = [...moved.slice(2), ...pending({ commitLsn: 10n, seq: 4 }), ...pending({ commitLsn: 11n })];
    expect(kept.passed([...before, ...behind])).toEqual(before);
  });

  it('takes the latest of several, as there is one a topic', async () => {
    const found = [await keptBehind(pending({ commitLsn: 12n })), await keptBehind(pending({ commitLsn: 11n, seq: 9 })), '', 'rubbish'];
    const kept = await reader(found);
    expect(kept.passed([...pending({ commitLsn: 12n }), ...pending({ commitLsn: 12n, seq: 1 })])).toHaveLength(1);
  });

  it('says nothing of another timeline or another system: the same LSN is another transaction there', async () => {
    const found = [await keptBehind(pending({ commitLsn: 12n }))];
    expect((await reader(found, 2)).passed(pending({ commitLsn: 11n }))).toEqual([]);
    expect((await reader(found)).passed(pending({ commitLsn: 11n, systemId: '8' }))).toEqual([]);
  });

  it('is moved by changes only: rows of a snapshot and messages are neither counted nor passed over', async () => {
    const stream = pending({ commitLsn: 12n });
    const rows = [...pending({ commitLsn: 90n, fromSnapshot: true }, 1, 'r'), ...pending({ commitLsn: 91n, readId: 'x' }, 1, 'r')];
    const message = pending({ commitLsn: 12n }, 1, 'm');
    const kept = await reader([await keptBehind([...stream, ...rows, ...message])]);
    expect(kept.passed([...rows, ...message, ...stream, ...pending({ commitLsn: 13n })])).toEqual(stream);
  });

  it('stays where it is when a batch has none of the stream, and when a batch failed', async () => {
    const { positions, written } = sink([await keptBehind(pending({ commitLsn: 12n }))]);
    const kept = new KeptPositions(positions, 1);
    await kept.read(noAbort());
    kept.on(1);
    await kept.write(pending({ commitLsn: 90n, fromSnapshot: true }, 1, 'r'), noAbort());
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ lsn: '12' });
  });

  it('tells an instance that a later one has written', async () => {
    const found = [await keptBehind(pending({}), 5)];
    await expect(reader(found, 1, 4)).rejects.toMatchObject({ kind: 'fenced' });
    await expect(reader(found, 1, 6)).resolves.toBeDefined();
  });

  it('refuses a server that stands before it on the same timeline, whichever of the two is known first', async () => {
    const server = (currentLsn: bigint, part = {}) => ({ systemIdentifier: '7', currentLsn, created: false, ...part });
    const at = [await keptBehind(pending({ commitLsn: 10n }))];
    const asked = await reader(at);
    expect(() => asked.on(1, server(9n))).toThrow('set back to an earlier state');
    expect(() => asked.on(1, server(11n))).not.toThrow();
    expect(() => asked.on(2, server(9n))).not.toThrow();
    expect(() => asked.on(1, server(9n, { systemIdentifier: '8' }))).not.toThrow();
    const connected = new KeptPositions(sink(at).positions, 1);
    connected.on(1, server(9n));
    await expect(connected.read(noAbort())).rejects.toMatchObject({ kind: 'position_mismatch' });
  });

  it('does not hold for a slot that was made later', async () => {
    const found = [await keptBehind(pending({ commitLsn: 10n }), 3)];
    const again = pending({ commitLsn: 5n });
    const maker = new KeptPositions(sink(found).positions, 4);
    await maker.read(noAbort());
    maker.on(1, { systemIdentifier: '7', currentLsn: 4n, created: true });
    expect(maker.passed(again)).toEqual([]);
    const later = new KeptPositions(sink(found).positions, 5, 4);
    await later.read(noAbort());
    later.on(1, { systemIdentifier: '7', currentLsn: 6n, created: false });
    expect(later.passed(again)).toEqual([]);
  });
});
