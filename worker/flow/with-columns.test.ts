import { expect, it } from 'vitest';
import type { Change, Column, Relation } from '@/worker/source/source';
import type { Flow, OutboundEvent } from './flow';
import { withColumns } from './with-columns';

const column = (name: string, typeName: string, identity = false): Column => ({
  name,
  typeOid: 25,
  typeModifier: -1,
  typeName,
  primaryKey: identity,
  identity,
});
const relation: Relation = {
  oid: 1,
  schema: 'public',
  table: 'orders',
  replicaIdentity: 'default',
  columns: [column('id', 'int4', true), column('tenant', 'text'), column('size', 'int4')],
};
const change = (part: Partial<Change>): Change => ({
  op: 'u',
  relation,
  before: null,
  beforeKind: 'none',
  after: ['1', 'north', '5'],
  lsn: 1n,
  position: { systemId: '7', commitLsn: 9n, seq: 0, fromSnapshot: false },
  transaction: { xid: 1, commitLsn: 9n, commitTimeUs: 1n, previousCommitLsn: null },
  wireBytes: 0,
  ...part,
});
/** One event a change, and a tombstone behind a delete. */
const envelope: Flow = {
  transform({ op, position }) {
    const event: OutboundEvent = {
      id: '1',
      position,
      op,
      schema: 'public',
      table: 'orders',
      key: '{"id":1}',
      payload: Buffer.from('{}'),
      contentType: 'application/json',
      headers: {},
      commitTimeUs: null,
    };
    return { kind: 'events', events: op === 'd' ? [event, { ...event, payload: null }] : [event] };
  },
  keyOf: () => null,
};
const columnsOf = (part: Partial<Change>) => {
  const result = withColumns(envelope, ['tenant', 'size']).transform(change(part), 0n);
  return result.kind === 'events' ? result.events.map(({ op, payload, columns }) => [op, payload === null, columns]) : [];
};

const north = { text: 'north', json: '"north"' };
const south = { text: 'south', json: '"south"' };
const five = { text: '5', json: '5' };

it('gives each event the values of the row that it is about', () => {
  expect(columnsOf({})).toEqual([['u', false, { tenant: north, size: five }]]);
  // The old row under FULL, of a delete and its tombstone.
  expect(columnsOf({ op: 'd', after: null, before: ['1', 'south', '5'], beforeKind: 'full' })).toEqual([
    ['d', false, { tenant: south, size: five }],
    ['d', true, { tenant: south, size: five }],
  ]);
});

it('leaves out what the change does not carry, and says NULL of what is NULL', () => {
  expect(columnsOf({ op: 'd', after: null, before: ['1', null, null], beforeKind: 'key' })[0]?.[2]).toEqual({});
  expect(columnsOf({ after: ['1', null, '5'] })[0]?.[2]).toEqual({ tenant: { text: null, json: 'null' }, size: five });
});

it('is the flow itself when no column is asked for', () => {
  expect(withColumns(envelope, [])).toBe(envelope);
});
