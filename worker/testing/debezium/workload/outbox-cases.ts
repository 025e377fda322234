import { OUTBOX_DEFAULTS, type OutboxSpec } from '@/core/spec/outbox-flow';

/** A configuration of the router on one outbox table, and what is written to it. */
export interface OutboxCase {
  readonly name: string;
  readonly spec: OutboxSpec;
  /** The same for Debezium: properties of the transformation. */
  readonly properties: Readonly<Record<string, string>>;
  readonly columns: string;
  /** One transaction each. */
  readonly transactions: readonly (readonly string[])[];
}

const insert = (id: number, type: string, aggregate: string, payload: string, more = '') =>
  `insert into outbox values ('00000000-0000-4000-8000-${String(id).padStart(12, '0')}', '${type}', ${aggregate}, 'Changed', ${payload}${more})`;
const ORDER = `'{"id": 1, "total": 12.50, "customer": {"name": "Zoë \\\\ \\"Q\\""}, "lines": [{"sku": "a", "n": 2}, {"sku": "b", "n": 1}]}'`;

/** Every setting of the router, every kind of payload, and what an outbox sees beside inserts. */
export const OUTBOX_CASES: readonly OutboxCase[] = [
  {
    name: 'defaults',
    spec: OUTBOX_DEFAULTS,
    properties: {},
    columns: 'id uuid primary key, aggregatetype varchar(255) not null, aggregateid varchar(255), type varchar(255), payload jsonb',
    transactions: [
      [insert(1, 'order', `'1'`, ORDER)],
      [insert(2, 'customer', `'k "2"'`, `'[1, 2]'`), insert(3, 'order', `'ünï'`, `'"text"'`)],
      [insert(4, 'order', `'1'`, `'5'`), `delete from outbox where aggregateid = '1'`],
      [insert(5, 'order', 'null', `'{}'`)],
      [`update outbox set type = 'Other' where aggregatetype = 'order'`],
    ],
  },
  {
    name: 'everything',
    spec: {
      ...OUTBOX_DEFAULTS,
      routeByField: 'kind',
      routeTopicRegex: '(?<area>[^.]+)[.](.*)',
      routeTopicReplacement: '${area}.$2.v1',
      fieldEventId: 'no',
      fieldEventKey: 'aggregate',
      fieldEventPayload: 'body',
      fieldEventTimestamp: 'at',
      routeTombstoneOnEmptyPayload: true,
      fieldsAdditionalPlacement: [
        { field: 'type', placement: 'header', alias: 'eventType' },
        { field: 'type', placement: 'envelope' },
        { field: 'n', placement: 'envelope', alias: 'amount' },
        { field: 'ok', placement: 'header' },
        { field: 'at', placement: 'header' },
      ],
    },
    properties: {
      'route.by.field': 'kind',
      'route.topic.regex': '(?<area>[^.]+)[.](.*)',
      'route.topic.replacement': '${area}.$2.v1',
      'table.field.event.id': 'no',
      'table.field.event.key': 'aggregate',
      'table.field.event.payload': 'body',
      'table.field.event.timestamp': 'at',
      'route.tombstone.on.empty.payload': 'true',
      'table.fields.additional.placement': 'type:header:eventType,type:envelope,n:envelope:amount,ok:header,at:header',
    },
    columns:
      'no bigint primary key, kind text, aggregate bigint, type text, body text, n numeric(10,2), ok boolean, at timestamp, internal text',
    transactions: [
      [
        `insert into outbox values (1, 'shop.orders', 77, 'Placed', '{"id":1,"nested":{"deep":[true,false]}}', 12.5, true, '2026-03-01 10:00:00.123456')`,
      ],
      [`insert into outbox values (2, 'shop.orders', 77, 'Paid', '[{"a":1},{"a":2}]', null, false, '2026-03-01 10:00:01')`],
      [`insert into outbox values (3, 'unrouted', 78, 'Odd', 'plain words', 1, null, null)`],
      [
        `insert into outbox values (4, 'shop.orders', 77, 'Gone', null, 1, true, null), (5, 'shop.orders', 78, 'Gone', '  ', 1, true, null)`,
      ],
      [`insert into outbox values (6, 'shop.orders', 79, null, '{not json', 0.01, true, null)`],
    ],
  },
  {
    name: 'empty',
    spec: { ...OUTBOX_DEFAULTS, expandJsonPayload: true },
    properties: { 'table.expand.json.payload': 'true' },
    columns: 'id uuid primary key, aggregatetype text not null, aggregateid int4, type text, payload text',
    transactions: [
      [insert(1, 'a-b_c.d', '1', 'null'), insert(2, 'x', '2', `' '`), insert(3, 'x', '2', `'{}'`), insert(4, 'x', '3', `'[]'`)],
      [insert(5, 'x', '5', `'{"a":null,"b":"\\u00e9","c":-0.5,"d":9007199254740993}'`)],
    ],
  },
  {
    // Debezium takes the shape of the first payload for all of them, and stops at another.
    name: 'expanded_in_envelope',
    spec: {
      ...OUTBOX_DEFAULTS,
      expandJsonPayload: true,
      fieldsAdditionalPlacement: [{ field: 'type', placement: 'envelope', alias: 'eventType' }],
    },
    properties: { 'table.expand.json.payload': 'true', 'table.fields.additional.placement': 'type:envelope:eventType' },
    columns: 'id uuid primary key, aggregatetype text not null, aggregateid int8, type text, payload jsonb',
    transactions: [
      [insert(1, 'order', '9007199254740993', `'{"a":{"b":"c"},"d":[1]}'`), insert(2, 'order', '2', `'{"a":{"b":"e"},"d":[2]}'`)],
    ],
  },
  {
    name: 'bytes',
    spec: OUTBOX_DEFAULTS,
    properties: {},
    columns: 'id text primary key, aggregatetype text not null, aggregateid uuid, type text, payload bytea',
    transactions: [[`insert into outbox values ('e-1', 'blob', '00000000-0000-4000-8000-000000000009', 'Stored', '\\xfbff10')`]],
  },
];
