import { describe, expect, it } from 'vitest';
import { guessOutbox, OUTBOX_DEFAULTS, type OutboxSpec, outboxFlow } from '@/core/spec/outbox-flow';
import type { Change, Column, Relation } from '@/worker/source/source';
import { createOutbox } from './outbox';

const column = (name: string, typeName: string): Column => ({
  name,
  typeOid: 0,
  typeModifier: -1,
  typeName,
  primaryKey: name === 'id',
  identity: name === 'id',
});
const relation: Relation = {
  oid: 1,
  schema: 'public',
  table: 'order_events',
  replicaIdentity: 'default',
  columns: [
    column('id', 'uuid'),
    column('aggregatetype', 'text'),
    column('aggregateid', 'text'),
    column('type', 'text'),
    column('payload', 'jsonb'),
    column('created_at', 'timestamptz'),
  ],
};
const ID = '4d47e190-0402-4048-bc2c-89dd54343cdc';
const PAYLOAD = '{"id": 12345678901234567890}';
const ROW = [ID, 'order', '1', 'OrderPaid', PAYLOAD, '2026-03-01 10:00:00.123456+00'];

/** A change of the outbox; `with` sets values of its row by the column's place. */
function change(part: Partial<Change> & { with?: Record<number, string | null> } = {}): Change {
  const after = ROW.map((value, index) => (part.with && index in part.with ? (part.with[index] ?? null) : value));
  return {
    op: 'c',
    relation,
    before: null,
    beforeKind: 'none',
    after,
    lsn: 1n,
    position: { systemId: '9', commitLsn: 26n, seq: 2, fromSnapshot: false },
    transaction: { xid: 1, commitLsn: 26n, commitTimeUs: 1_559_033_904_863_123n, previousCommitLsn: null },
    wireBytes: 10,
    ...part,
  };
}
const notices: string[] = [];
const flowOf = (spec: Partial<OutboxSpec> = {}) =>
  createOutbox(
    { ...OUTBOX_DEFAULTS, ...spec },
    { logicalName: 's', database: 'd', tombstones: true, spillwayVersion: '1', notice: (level, text) => notices.push(`${level}: ${text}`) },
  );
function eventOf(spec: Partial<OutboxSpec>, part: Parameters<typeof change>[0] = {}) {
  const result = flowOf(spec).transform(change(part), 0n);
  if (result.kind !== 'events') throw new Error(result.reason);
  const [event] = result.events;
  if (!event || result.events.length !== 1) throw new Error('not one event');
  return { ...event, payload: event.payload === null ? null : String(event.payload) };
}

describe('an inserted row', () => {
  it('is an event: payload, key by aggregate, the row’s id in a header, ours for delivery, and where it goes', () => {
    expect(eventOf({})).toMatchObject({
      id: '9/0-1A/2',
      key: '"1"',
      payload: JSON.stringify(PAYLOAD),
      headers: { id: ID, 'spillway.topic': 'outbox.event.order' },
      routed: 'outbox.event.order',
    });
    expect(eventOf({ expandJsonPayload: true }, { op: 'r', transaction: null })).toMatchObject({ op: 'r', payload: PAYLOAD });
    expect(flowOf().keyOf(change())).toBe('"1"');
  });

  it('without an id of its own has ours', () => {
    expect(eventOf({}, { with: { 0: null } }).headers.id).toBe('9/0-1A/2');
    expect(eventOf({ fieldEventId: 'none' }).headers.id).toBe('9/0-1A/2');
  });

  it('has the time of a named column, and none of an infinite one', () => {
    const spec = { fieldEventTimestamp: 'created_at' };
    expect(eventOf(spec).eventTimeMs).toBe(Date.UTC(2026, 2, 1, 10, 0, 0, 123));
    expect(eventOf(spec, { with: { 5: 'infinity' } })).not.toHaveProperty('eventTimeMs');
    expect(eventOf({})).not.toHaveProperty('eventTimeMs');
  });

  it('is a tombstone without a payload, if so chosen', () => {
    expect(eventOf({ routeTombstoneOnEmptyPayload: true }, { with: { 4: null } }).payload).toBeNull();
    expect(eventOf({}, { with: { 4: null } }).payload).toBe('null');
  });

  it('that cannot be one is poison that names the setting', () => {
    expect(() => eventOf({ fieldEventPayload: 'body' })).toThrow('no column "body", which fieldEventPayload names');
    expect(() => eventOf({}, { with: { 1: null } })).toThrow('"aggregatetype", which routeByField names, is NULL');
    expect(() => eventOf({}, { with: { 1: 'x'.repeat(250) } })).toThrow('longer than any topic name');
  });
});

describe('what else happens to an outbox', () => {
  it('is left out, with the reason', () => {
    const part = { after: null, before: ROW, beforeKind: 'full' } as const;
    expect(flowOf().transform(change({ op: 'd', ...part }), 0n)).toEqual({
      kind: 'filtered',
      reason: 'a row deleted from an outbox makes no event',
    });
    expect(flowOf().transform(change({ op: 't', after: null }), 0n)).toMatchObject({ kind: 'filtered' });
  });

  it('an update is told once an hour as a warning or an error, or is poison', () => {
    notices.length = 0;
    const hour = 3_600_000_000n;
    const reason = 'a row of the outbox public.order_events was updated; only inserted rows are events';
    const warns = flowOf();
    for (const at of [hour, hour + 1n, 2n * hour]) expect(warns.transform(change({ op: 'u' }), at)).toEqual({ kind: 'filtered', reason });
    flowOf({ opInvalidBehavior: 'error' }).transform(change({ op: 'u' }), hour);
    expect(notices).toEqual([`warn: ${reason}`, `warn: ${reason}`, `error: ${reason}`]);
    expect(() => flowOf({ opInvalidBehavior: 'fatal' }).transform(change({ op: 'u' }), 0n)).toThrow(reason);
  });
});

it('the spec refuses routes that could hang and fields that would stand twice', () => {
  const problem = (part: Partial<OutboxSpec>) =>
    outboxFlow.safeParse({ ...OUTBOX_DEFAULTS, ...part }).error?.issues.map(({ path }) => path.join('.'));
  expect(problem({})).toBeUndefined();
  expect(problem({ routeTopicRegex: '(a+)+' })).toEqual(['routeTopicRegex']);
  expect(problem({ routeTopicReplacement: '${other}' })).toEqual(['routeTopicReplacement']);
  expect(problem({ fieldsAdditionalPlacement: [{ field: 'x', placement: 'header', alias: 'id' }] })).toEqual([
    'fieldsAdditionalPlacement.0.alias',
  ]);
});

it('the fields are guessed from the columns of the demo’s outbox, and of others', () => {
  const demo = relation.columns.map(({ name, typeName }) => ({ name, type: typeName }));
  const guessed = guessOutbox(demo);
  expect(guessed).toEqual({
    ...OUTBOX_DEFAULTS,
    expandJsonPayload: true,
    fieldsAdditionalPlacement: [{ field: 'type', placement: 'header', alias: 'eventType' }],
  });
  expect(eventOf(guessed)).toMatchObject({
    key: '"1"',
    payload: PAYLOAD,
    headers: { id: ID, eventType: 'OrderPaid' },
    routed: 'outbox.event.order',
  });
  const other = ['event_id uuid', 'entity_id bigint', 'entity_type text', 'message jsonb'].map((text) => {
    const [name = '', type = ''] = text.split(' ');
    return { name, type };
  });
  expect(guessOutbox(other)).toMatchObject({
    fieldEventId: 'event_id',
    fieldEventKey: 'entity_id',
    routeByField: 'entity_type',
    fieldEventPayload: 'message',
    fieldsAdditionalPlacement: [],
  });
});
