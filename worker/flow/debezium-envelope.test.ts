import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { type Change, type Column, type ColumnValue, type Relation, UNCHANGED } from '@/worker/source/source';
import type { FlowContext, OutboundEvent } from './flow';
import { createFlow } from './registry';

const NOW_US = 1_559_033_904_863_841n;
const CONTEXT: FlowContext = { logicalName: 'shop', database: 'postgres', tombstones: false, spillwayVersion: '0.1.0' };

const column = (name: string, typeName: string, flags: Partial<Column> = {}): Column => ({
  name,
  typeName,
  typeOid: 0,
  typeModifier: -1,
  primaryKey: false,
  identity: false,
  ...flags,
});

const CUSTOMERS: Relation = {
  oid: 16_400,
  schema: 'public',
  table: 'customers',
  replicaIdentity: 'default',
  columns: [column('id', 'int8', { primaryKey: true, identity: true }), column('email', 'text'), column('note', 'text')],
};
const FULL: Relation = { ...CUSTOMERS, replicaIdentity: 'full', columns: CUSTOMERS.columns.map((c) => ({ ...c, identity: true })) };

function change(part: Partial<Change> & Pick<Change, 'op'>): Change {
  return {
    relation: CUSTOMERS,
    before: null,
    beforeKind: 'none',
    after: null,
    lsn: 24_023_128n,
    position: { systemId: '7', commitLsn: 24_023_200n, seq: 3, fromSnapshot: false },
    transaction: { xid: 555, commitLsn: 24_023_200n, commitTimeUs: 1_559_033_904_863_123n, previousCommitLsn: 24_023_119n },
    wireBytes: 100,
    ...part,
  };
}

function run(item: Change, context: Partial<FlowContext> = {}): readonly OutboundEvent[] {
  const result = createFlow(DEBEZIUM_DEFAULTS, { ...CONTEXT, ...context }).transform(item, NOW_US);
  return result.kind === 'events' ? result.events : [];
}
const only = (item: Change): OutboundEvent => {
  const events = run(item);
  expect(events).toHaveLength(1);
  return events[0] as OutboundEvent;
};
const value = (event: OutboundEvent | undefined) => JSON.parse(String(event?.payload));
const row = (...values: ColumnValue[]) => values;

describe('the Debezium envelope', () => {
  it('is the golden text for an insert: names, order and bare int64', () => {
    const event = only(change({ op: 'c', after: row('9007199254740993', 'a@b.de', null) }));
    expect(String(event.payload)).toBe(
      '{"before":null,"after":{"id":9007199254740993,"email":"a@b.de","note":null},' +
        '"source":{"version":"0.1.0","connector":"postgresql","name":"shop","ts_ms":1559033904863,"snapshot":"false","db":"postgres",' +
        '"sequence":"[\\"24023119\\",\\"24023128\\"]","ts_us":1559033904863123,"ts_ns":1559033904863123000,"schema":"public","table":"customers",' +
        '"txId":555,"lsn":24023128,"xmin":null,"origin":null,"origin_lsn":null},' +
        '"transaction":null,"op":"c","ts_ms":1559033904863,"ts_us":1559033904863841,"ts_ns":1559033904863841000}',
    );
    expect(event).toMatchObject({
      id: '7/0-16E90A0/3',
      key: '{"id":9007199254740993}',
      op: 'c',
      headers: {},
      commitTimeUs: 1_559_033_904_863_123n,
    });
    expect(JSON.parse(value(event).source.sequence)).toEqual(['24023119', '24023128']);
  });

  it('leaves out the previous commit of the first transaction', () => {
    const first = { xid: 1, commitLsn: 9n, commitTimeUs: 0n, previousCommitLsn: null };
    expect(JSON.parse(value(only(change({ op: 'c', after: row('1', 'e', null), transaction: first }))).source.sequence)).toEqual([
      null,
      '24023128',
    ]);
  });

  it('marks snapshot rows and gives them the position where streaming takes over', () => {
    const item = change({
      op: 'r',
      after: row('1', 'e', null),
      snapshot: 'last',
      lsn: 0n,
      transaction: null,
      position: { systemId: '7', commitLsn: 77n, seq: 0, fromSnapshot: true },
    });
    const event = only(item);
    expect(value(event)).toMatchObject({ op: 'r', source: { snapshot: 'last', lsn: 77, txId: null, ts_us: Number(NOW_US) } });
    expect(event.commitTimeUs).toBeNull();
    expect(event.id).toBe('7/0-4D/snapshot/0');
  });

  it('has no before for an update under the default identity', () => {
    expect(value(only(change({ op: 'u', after: row('1', 'e', null) })))).toMatchObject({ before: null, after: { id: 1 }, op: 'u' });
  });

  it('carries the whole old row under FULL and fills unchanged values from it', () => {
    const item = change({ op: 'u', relation: FULL, beforeKind: 'full', before: row('1', 'old', 'big'), after: row('1', 'new', UNCHANGED) });
    expect(value(only(item))).toMatchObject({ before: { id: 1, email: 'old', note: 'big' }, after: { id: 1, email: 'new', note: 'big' } });
  });

  it('writes the placeholder for an unchanged value it was not sent', () => {
    expect(value(only(change({ op: 'u', after: row('1', 'new', UNCHANGED) }))).after.note).toBe('__debezium_unavailable_value');
  });

  it('leaves an unchanged value out where the spec says omit, but never out of a key', () => {
    const flow = createFlow({ ...DEBEZIUM_DEFAULTS, unchangedToast: 'omit' }, CONTEXT);
    const made = (item: Change) => {
      const result = flow.transform(item, NOW_US);
      return result.kind === 'events' ? result.events : [];
    };
    const [event] = made(change({ op: 'u', after: row('1', UNCHANGED, null) }));
    expect(value(event).after).toEqual({ id: 1, note: null });
    const [first] = made(change({ op: 'u', after: row(UNCHANGED, UNCHANGED, UNCHANGED) }));
    expect(value(first).after).toEqual({});
    expect(first?.key).toBe('{"id":"__debezium_unavailable_value"}');
    const full = change({ op: 'u', relation: FULL, beforeKind: 'full', before: row('1', 'e', 'big'), after: row('1', 'e', UNCHANGED) });
    expect(value(made(full)[0]).after.note).toBe('big');
  });

  it('has the placeholder for what could not be read again', () => {
    const flow = createFlow({ ...DEBEZIUM_DEFAULTS, unchangedToast: 'reselect' }, CONTEXT);
    const result = flow.transform(change({ op: 'u', after: row('1', UNCHANGED, 'read') }), NOW_US);
    expect(value(result.kind === 'events' ? result.events[0] : undefined).after).toMatchObject({
      email: '__debezium_unavailable_value',
      note: 'read',
    });
  });

  it('keys a row by the old key where that was sent and the new one was not', () => {
    const event = only(change({ op: 'u', beforeKind: 'key', before: row('1', null, null), after: row(UNCHANGED, 'e', null) }));
    expect([event.op, event.key]).toEqual(['u', '{"id":1}']);
  });

  it('says the key of a change of which it could make no message', () => {
    const flow = createFlow(DEBEZIUM_DEFAULTS, CONTEXT);
    expect(flow.keyOf(change({ op: 'u', after: row('1', 'e', null) }))).toBe('{"id":1}');
    expect(flow.keyOf(change({ op: 'd', beforeKind: 'key', before: row('2', null, null) }))).toBe('{"id":2}');
    expect(flow.keyOf(change({ op: 't' }))).toBeNull();
  });

  it('names its transaction and its number in it when the spec asks for it, a row that was read has none', () => {
    const flow = createFlow({ ...DEBEZIUM_DEFAULTS, transactionMetadata: true }, CONTEXT);
    const blockOf = (item: Change) => {
      const result = flow.transform(item, NOW_US);
      return value(result.kind === 'events' ? result.events[0] : undefined).transaction;
    };
    expect(blockOf(change({ op: 'c', after: row('1', 'e', null) }))).toEqual({
      id: '555:24023128',
      total_order: 4,
      data_collection_order: 4,
    });
    expect(blockOf(change({ op: 'r', after: row('1', 'e', null), transaction: null }))).toBeNull();
  });

  it('carries the key columns of a deleted row, the others null', () => {
    const event = only(change({ op: 'd', beforeKind: 'key', before: row('1', null, null) }));
    expect(value(event)).toMatchObject({ before: { id: 1, email: null, note: null }, after: null, op: 'd' });
    expect(event.key).toBe('{"id":1}');
  });

  it('sends a tombstone after a delete only when asked, with an id of its own', () => {
    const events = run(change({ op: 'd', beforeKind: 'key', before: row('1', null, null) }), { tombstones: true });
    expect(events.map((event) => [event.id, event.key, event.payload === null])).toEqual([
      ['7/0-16E90A0/3', '{"id":1}', false],
      ['7/0-16E90A0/3.1', '{"id":1}', true],
    ]);
  });

  it.each([
    ['default identity', CUSTOMERS, 'key', row('1', null, null)],
    ['FULL', FULL, 'full', row('1', 'e', 'n')],
  ] as const)('splits a changed primary key into delete and create under %s', (_, relation, beforeKind, before) => {
    const item = change({ op: 'u', relation, beforeKind, before, after: row('2', 'e', 'n') });
    const events = run(item, { tombstones: true });
    expect(events.map((event) => [event.id, event.op, event.key, event.headers])).toEqual([
      ['7/0-16E90A0/3', 'd', '{"id":1}', { '__debezium.newkey': '{"id":2}' }],
      ['7/0-16E90A0/3.1', 'd', '{"id":1}', { '__debezium.newkey': '{"id":2}' }],
      ['7/0-16E90A0/3.2', 'c', '{"id":2}', { '__debezium.oldkey': '{"id":1}' }],
    ]);
    expect(value(events[2])).toMatchObject({ op: 'c', before: null, after: { id: 2 } });
    expect(run(item).map((event) => event.id)).toEqual(['7/0-16E90A0/3', '7/0-16E90A0/3.1']);
  });

  it('keys a row by the identity index when deletes carry only that', () => {
    const relation: Relation = {
      ...CUSTOMERS,
      replicaIdentity: 'index',
      columns: [column('id', 'int8', { primaryKey: true }), column('email', 'text', { identity: true }), column('note', 'text')],
    };
    expect(only(change({ op: 'c', relation, after: row('1', 'e', null) })).key).toBe('{"email":"e"}');
    expect(only(change({ op: 'd', relation, beforeKind: 'key', before: row(null, 'e', null) })).key).toBe('{"email":"e"}');
  });

  it('has no key under FULL without a primary key, and no tombstone then', () => {
    const relation: Relation = { ...FULL, columns: FULL.columns.map((c) => ({ ...c, primaryKey: false })) };
    const events = run(change({ op: 'd', relation, beforeKind: 'full', before: row('1', 'e', 'n') }), { tombstones: true });
    expect(events).toHaveLength(1);
    expect(events[0]?.key).toBeNull();
  });

  it('writes a truncate without rows and key', () => {
    const event = only(change({ op: 't' }));
    expect(event.key).toBeNull();
    expect(value(event)).toMatchObject({ before: null, after: null, op: 't' });
  });

  it('escapes names of tables and columns', () => {
    const relation: Relation = {
      ...CUSTOMERS,
      schema: 'a"b',
      table: 'c\\d',
      columns: [column('e"f', 'text', { primaryKey: true, identity: true })],
    };
    const event = only(change({ op: 'c', relation, after: row('x') }));
    expect(value(event)).toMatchObject({ source: { schema: 'a"b', table: 'c\\d' }, after: { 'e"f': 'x' } });
    expect(JSON.parse(String(event.key))).toEqual({ 'e"f': 'x' });
  });

  it('throws, so that recovery takes over, when the old row of a delete is missing', () => {
    expect(() => run(change({ op: 'd' }))).toThrow(/delete without an old row/);
  });
});
