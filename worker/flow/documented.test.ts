import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guessDelta } from '@/core/spec/delta-flow';
import { DEBEZIUM_DEFAULTS, type FlowSpec, type FlowType, NAKADI_DEFAULTS } from '@/core/spec/flow';
import { guessOutbox } from '@/core/spec/outbox-flow';
import type { Change, Column, Relation, Tuple } from '@/worker/source/source';
import { createFlow } from './registry';

/** Every example in docs/flows.md is made here, by the flow itself: a page that says otherwise fails. */
const PAGE = readFileSync(new URL('../../docs/flows.md', import.meta.url), 'utf8');
const COMMIT_US = 1_772_360_400_123_456n;
const NOW_US = 1_772_360_400_200_000n;

function relationOf(table: string, oid: number, columns: string, replicaIdentity: Relation['replicaIdentity']): Relation {
  const made = columns.split(', ').map((text, index): Column => {
    const [name = '', typeName = ''] = text.split(' ');
    return { name, typeOid: 0, typeModifier: -1, typeName, primaryKey: index === 0, identity: index === 0 };
  });
  return { oid, schema: 'public', table, replicaIdentity, columns: made };
}

/** The demo shop's orders, and its outbox. */
const ORDERS = relationOf('orders', 1, 'id int8, status text, total numeric, version int4, updated_at timestamptz', 'full');
const EVENTS = relationOf('order_events', 2, 'id uuid, aggregatetype text, aggregateid text, type text, payload jsonb', 'default');
const PAID: Tuple = ['48213', 'paid', '249.90', '6', '2026-03-01 09:41:07+00'];
const SHIPPED: Tuple = ['48213', 'shipped', '249.90', '7', '2026-03-01 10:20:00.1+00'];
const EVENT: Tuple = ['4d47e190-0402-4048-bc2c-89dd54343cdc', 'order', '48213', 'OrderShipped', '{"order": 48213, "carrier": "Post"}'];

const changeOf = (relation: Relation, before: Tuple | null, after: Tuple): Change => ({
  op: before ? 'u' : 'c',
  relation,
  before,
  beforeKind: before ? 'full' : 'none',
  after,
  lsn: 0x1a_2b3c_4c00n,
  position: { systemId: '7310000000000000001', commitLsn: 0x1a_2b3c_4d5en, seq: 0, fromSnapshot: false },
  transaction: { xid: 771, commitLsn: 0x1a_2b3c_4d5en, commitTimeUs: COMMIT_US, previousCommitLsn: null },
  wireBytes: 0,
});
const UPDATE = changeOf(ORDERS, PAID, SHIPPED);
const INSERT = changeOf(EVENTS, null, EVENT);
const columnsOf = ({ columns }: Relation) =>
  columns.map(({ name, typeName }) => ({ name, type: typeName === 'int4' ? 'integer' : typeName }));

const EXAMPLES: Readonly<Record<FlowType, { readonly change: Change; readonly specs: readonly FlowSpec[] }>> = {
  DebeziumEnvelope: { change: UPDATE, specs: [{ ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' }] },
  Outbox: { change: INSERT, specs: [guessOutbox(columnsOf(EVENTS))] },
  Delta: { change: UPDATE, specs: [guessDelta(columnsOf(ORDERS)), { ...guessDelta(columnsOf(ORDERS)), eventTimeField: 'updated_at' }] },
  PostgresWalToGenericNakadiEvent: { change: INSERT, specs: [NAKADI_DEFAULTS, { ...NAKADI_DEFAULTS, payloadColumn: null }] },
};

function rowText({ relation }: Change, row: Tuple): string {
  return JSON.stringify(Object.fromEntries(relation.columns.map(({ name }, index) => [name, row[index]])));
}

function example(change: Change, spec: FlowSpec): string {
  const flow = createFlow(spec, { logicalName: 'orders', database: 'shop', tombstones: false, spillwayVersion: '0.1.0' });
  const result = flow.transform(change, NOW_US);
  if (result.kind !== 'events') throw new Error(result.reason);
  const { type, ...settings } = spec;
  const lines = [
    `flow    ${type} ${JSON.stringify(settings)}`,
    ...(change.before ? [`before  ${rowText(change, change.before)}`] : []),
    ...(change.after ? [`after   ${rowText(change, change.after)}`] : []),
    ...result.events.flatMap(({ key, headers, payload }) => [
      `key     ${key}`,
      ...(Object.keys(headers).length > 0 ? [`headers ${JSON.stringify(headers)}`] : []),
      `value   ${payload}`,
      `        ${payload?.length} bytes`,
    ]),
  ];
  return `\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`;
}

it.each(Object.entries(EXAMPLES))('docs/flows.md shows what %s makes', (type, { change, specs }) => {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${type}\n`)) ?? '';
  expect(section.match(/^```text\n[^`]*```\n/gm)).toEqual(specs.map((spec) => example(change, spec)));
});
