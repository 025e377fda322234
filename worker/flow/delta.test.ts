import { describe, expect, it } from 'vitest';
import type { DeltaSpec } from '@/core/spec/delta-flow';
import { type Change, type Column, type Relation, UNCHANGED } from '@/worker/source/source';
import { createDelta } from './delta';

const column = (name: string, typeName: string, key = false): Column => ({
  name,
  typeOid: 0,
  typeModifier: -1,
  typeName,
  primaryKey: key,
  identity: key,
});
/** The demo shop's orders. */
const relation: Relation = {
  oid: 1,
  schema: 'public',
  table: 'orders',
  replicaIdentity: 'full',
  columns: [
    column('id', 'int8', true),
    column('customer_id', 'int8'),
    column('status', 'text'),
    column('total', 'numeric'),
    column('note', 'text'),
    column('version', 'int4'),
    column('updated_at', 'timestamptz'),
  ],
};
const COMMIT_US = 1_772_360_400_123_456n; // 2026-03-01 10:20:00.123456
const OLD = ['48213', '107', 'paid', '249.90', null, '6', '2026-03-01 09:00:00+00'];
const NEW = ['48213', '107', 'shipped', '249.90', null, '7', '2026-03-01 10:20:00.1+00'];

function change(part: Partial<Change> = {}): Change {
  return {
    op: 'u',
    relation,
    before: OLD,
    beforeKind: 'full',
    after: NEW,
    lsn: 1n,
    position: { systemId: '9', commitLsn: 0x1a_2b3c_4d5en, seq: 2, fromSnapshot: false },
    transaction: { xid: 1, commitLsn: 0x1a_2b3c_4d5en, commitTimeUs: COMMIT_US, previousCommitLsn: null },
    wireBytes: 10,
    ...part,
  };
}
function eventsOf(spec: Partial<DeltaSpec>, part: Partial<Change> = {}) {
  const result = createDelta({ type: 'Delta', ...spec }).transform(change(part), 5n);
  if (result.kind !== 'events') throw new Error(result.reason);
  return result.events.map(({ op, key, payload }) => ({ op, key, payload: String(payload) }));
}
const VERSIONED = { versionField: 'version' };
const keyOnly = { beforeKind: 'key', before: ['48213', null, null, null, null, null, null] } as const;

describe('on the wire', () => {
  it.each<[string, Partial<DeltaSpec>, string]>([
    [
      'with a version',
      VERSIONED,
      '{"id":48213,"type":"orders.u","v":7,"ts":1772360400123456,"seq":2,"set":{"status":"shipped","updated_at":1772360400100000}}',
    ],
    [
      'with a version and an event time',
      { ...VERSIONED, eventTimeField: 'updated_at' },
      '{"id":48213,"type":"orders.u","v":7,"ts":1772360400100000,"seq":2,"set":{"status":"shipped"}}',
    ],
  ])('a typical update of an order %s takes fewer than 128 bytes', (name, spec, payload) => {
    const [event] = eventsOf(spec);
    expect(event).toEqual({ op: 'u', key: '48213', payload });
    const bytes = Buffer.byteLength(payload);
    console.log(`[delta] update of an order (status, updated_at) ${name}: ${bytes} B, key ${event?.key?.length} B`);
    expect(bytes).toBeLessThan(128);
  });
});

describe('what a delta holds', () => {
  it('of a new row, of one that is read, and of one that is gone', () => {
    const row = '"set":{"customer_id":107,"status":"shipped","total":"249.90","note":null,"updated_at":1772360400100000}}';
    const none = { before: null, beforeKind: 'none' } as const;
    expect(eventsOf(VERSIONED, { op: 'c', ...none })[0]?.payload).toBe(
      `{"id":48213,"type":"orders.c","v":7,"ts":1772360400123456,"seq":2,${row}`,
    );
    expect(eventsOf(VERSIONED, { op: 'r', transaction: null, ...none })[0]?.payload).toBe(
      `{"id":48213,"type":"orders.r","v":7,"ts":5,"seq":2,${row}`,
    );
    const gone = { op: 'd', after: null } as const;
    expect(eventsOf(VERSIONED, gone)[0]).toEqual({
      op: 'd',
      key: '48213',
      payload: '{"id":48213,"type":"orders.d","v":6,"ts":1772360400123456,"seq":2}',
    });
    // The replica identity does not hold the version.
    expect(eventsOf(VERSIONED, { ...gone, ...keyOnly })[0]?.payload).toContain('"v":null');
    expect(eventsOf({}, { op: 't', before: null, beforeKind: 'none', after: null })).toMatchObject([
      { key: null, payload: expect.stringContaining('orders.t') },
    ]);
  });

  it('without the old row: every column that was sent; a large value that was not sent is never made up', () => {
    const after = NEW.with(4, UNCHANGED as never);
    const none = { before: null, beforeKind: 'none', after } as const;
    expect(eventsOf(VERSIONED, none)[0]?.payload).toContain('"set":{"customer_id":107,"status":"shipped","total":"249.90","updated_at":');
    expect(eventsOf(VERSIONED, { after })[0]?.payload).toContain('"set":{"status":"shipped","updated_at":');
  });

  it('the version is the commit position where no column is named, and seq tells the changes of a transaction apart', () => {
    expect(eventsOf({})[0]?.payload).toContain(
      `"v":${0x1a_2b3c_4d5en},"ts":1772360400123456,"seq":2,"set":{"status":"shipped","version":7,`,
    );
  });

  it('an aggregate of several rows names the row, and order is kept per aggregate', () => {
    expect(eventsOf({ aggregateIdField: 'customer_id' })).toEqual([
      { op: 'u', key: '107', payload: expect.stringContaining('{"id":107,"key":{"id":48213},"type":"orders.u"') },
    ]);
  });

  it('a row that changes its aggregate or its key ends there and begins here, whole', () => {
    const moved = eventsOf({ aggregateIdField: 'customer_id', ...VERSIONED }, { after: NEW.with(1, '108') });
    expect(moved).toMatchObject([
      { op: 'd', key: '107', payload: '{"id":107,"key":{"id":48213},"type":"orders.d","v":6,"ts":1772360400123456,"seq":2}' },
      { op: 'c', key: '108', payload: expect.stringContaining('"set":{"status":"shipped","total":"249.90","note":null,') },
    ]);
    const renumbered = eventsOf({}, { ...keyOnly, after: NEW.with(0, '9') });
    expect(renumbered).toMatchObject([
      { op: 'd', key: '48213' },
      { op: 'c', key: '9' },
    ]);
  });

  it('an update that changes nothing makes no event', () => {
    expect(createDelta({ type: 'Delta', ...VERSIONED }).transform(change({ after: OLD }), 0n)).toEqual({
      kind: 'filtered',
      reason: 'the update changed no value',
    });
  });
});

describe('what is refused', () => {
  const timed = { eventTimeField: 'updated_at' };
  const at = (time: string | null) => ({ after: NEW.with(6, time) });

  it('an event time more than 5 s off the commit, with both times', () => {
    expect(() => eventsOf(timed, at('2026-03-01 10:20:05.123457+00'))).toThrow(
      'the event time 2026-03-01T10:20:05.123Z is 5 s after the commit at 2026-03-01T10:20:00.123Z; at most 5 s are allowed',
    );
    expect(() => eventsOf(timed, at('2026-03-01 09:00:00+00'))).toThrow('before the commit');
    for (const time of ['2026-03-01 10:20:05.123456+00', '2026-03-01 11:19:55.123456+01'])
      expect(eventsOf(timed, at(time))).toHaveLength(1);
    for (const time of [null, 'infinity']) expect(() => eventsOf(timed, at(time))).toThrow('is NULL or no time');
    // A row that is read was written long ago, and a delete has no time of its own.
    expect(eventsOf(timed, { op: 'r', transaction: null, after: OLD })[0]?.payload).toContain('"ts":1772355600000000');
    expect(eventsOf(timed, { op: 'd', after: null })[0]?.payload).toContain('"ts":1772360400123456');
  });

  it('a version that does not rise, is NULL or no number', () => {
    for (const version of ['6', '5'])
      expect(() => eventsOf(VERSIONED, { after: NEW.with(5, version) })).toThrow(`the version ${version} does not rise above 6`);
    expect(() => eventsOf(VERSIONED, { after: NEW.with(5, null) })).toThrow('the version is NULL');
    expect(() => eventsOf({ versionField: 'status' })).toThrow('"status" is no whole number');
  });

  it('a row without an aggregate id', () => {
    const spec = { aggregateIdField: 'customer_id' };
    expect(() => eventsOf(spec, { op: 'd', after: null, ...keyOnly })).toThrow('REPLICA IDENTITY FULL');
    expect(() => eventsOf({ aggregateIdField: 'none' })).toThrow('no column "none", which aggregateIdField names');
    const bare = { ...relation, columns: relation.columns.map((each) => ({ ...each, primaryKey: false })) };
    expect(() => eventsOf({}, { relation: bare })).toThrow('no primary key');
  });
});
