import { describe, expect, it } from 'vitest';
import { guessDelta } from './delta-defaults';
import { DEBEZIUM_DEFAULTS, NAKADI_DEFAULTS } from './flow-defaults';
import { type FlowTable, flowFit } from './flow-fit';
import { guessOutbox } from './outbox-defaults';

const table = (columns: string, part: Partial<FlowTable> = {}): FlowTable => ({
  columns: columns.split(', ').map((text) => ({ name: text.split(' ')[0] ?? '', type: text.slice(text.indexOf(' ') + 1) })),
  primaryKey: ['id'],
  identityColumns: ['id'],
  replicaIdentity: 'default',
  ...part,
});
const ORDERS = 'id bigint, customer_id bigint, status text, version integer, updated_at timestamp with time zone';
const all = { operations: ['insert', 'update', 'delete'] };
const inserts = { operations: ['insert'] };

describe('an outbox', () => {
  // The demo shop's.
  const events = table('id uuid, aggregatetype text, aggregateid text, type text, payload jsonb, created_at timestamp with time zone');

  it('as it is guessed fits its table, and says what its deletes are for', () => {
    expect(flowFit(guessOutbox(events.columns), inserts, events)).toMatchObject({ problems: [], warnings: [] });
    expect(flowFit(guessOutbox(events.columns), all, events).warnings).toEqual([
      { finding: expect.stringContaining('Without update, delete'), wantsFull: false },
    ]);
  });

  it('names each column that is not there, not sent, or of another type', () => {
    const flow = { ...guessOutbox(events.columns), routeByField: 'kind', fieldEventTimestamp: 'payload' };
    expect(flowFit(flow, { ...inserts, columns: ['id', 'aggregateid', 'payload'] }, events).problems).toEqual([
      { field: 'flow.routeByField', value: 'kind', remedy: 'the table has no column "kind"' },
      { field: 'flow.fieldEventTimestamp', value: 'payload', remedy: '"payload" is jsonb: choose a timestamp' },
      { field: 'flow.fieldsAdditionalPlacement.0.field', value: 'type', remedy: expect.stringContaining('left out of the stream') },
    ]);
  });
});

describe('a delta', () => {
  it('says which replica identity it needs for what', () => {
    const guessed = guessDelta(table(ORDERS).columns);
    expect(guessed).toEqual({ type: 'Delta', versionField: 'version' });
    expect(flowFit(guessed, all, table(ORDERS))).toMatchObject({
      problems: [],
      warnings: [
        { finding: expect.stringContaining('an update holds every column'), wantsFull: true },
        { finding: expect.stringContaining('its version is null'), wantsFull: true },
      ],
    });
    expect(flowFit(guessed, all, table(ORDERS, { replicaIdentity: 'full' }))).toMatchObject({ problems: [], warnings: [] });
    expect(flowFit(guessed, inserts, table(ORDERS)).warnings).toEqual([]);
  });

  it('is refused where no event could be made', () => {
    const fields = (flow: Parameters<typeof flowFit>[0], part: Partial<FlowTable> = {}) =>
      flowFit(flow, all, table(ORDERS, part)).problems.map(({ field, remedy }) => `${field}: ${remedy}`);
    expect(fields({ type: 'Delta', aggregateIdField: 'customer_id' })).toEqual([
      expect.stringContaining('a delete does not carry "customer_id"'),
    ]);
    expect(fields({ type: 'Delta', aggregateIdField: 'customer_id' }, { replicaIdentity: 'full' })).toEqual([]);
    expect(fields({ type: 'Delta' }, { primaryKey: [], replicaIdentity: 'full' })).toEqual([expect.stringContaining('no primary key')]);
    expect(fields({ type: 'Delta', versionField: 'status', eventTimeField: 'version' })).toEqual([
      'flow.versionField: "status" is text: choose a whole number',
      'flow.eventTimeField: "version" is integer: choose a timestamp',
    ]);
  });
});

it('the other flows ask for nothing but the column that they name', () => {
  expect(flowFit(DEBEZIUM_DEFAULTS, all, table(ORDERS))).toMatchObject({ problems: [], warnings: [] });
  expect(flowFit(NAKADI_DEFAULTS, all, table(ORDERS)).problems).toMatchObject([{ field: 'flow.payloadColumn' }]);
  expect(flowFit({ ...NAKADI_DEFAULTS, payloadColumn: null }, all, table(ORDERS)).problems).toEqual([]);
});
