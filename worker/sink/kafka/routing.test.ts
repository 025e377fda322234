import { describe, expect, it } from 'vitest';
import type { KafkaKeySpec, KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { OutboundEvent } from '@/worker/flow/flow';
import { testEvent } from '../conformance';
import { positiveHash } from './murmur2';
import { fixedTopic, keyExpression, routeOf, routingColumns } from './routing';

const spec = (part: Partial<KafkaSinkSpec> = {}): KafkaSinkSpec => ({
  type: 'Kafka',
  target: 'bus',
  topic: 'orders',
  tombstones: true,
  ...part,
});
const row = (id: number, tenant: string | null, part: Partial<OutboundEvent> = {}) =>
  testEvent({ key: `{"id":${id}}`, columns: { tenant: { text: tenant, json: JSON.stringify(tenant) } }, ...part });
const route = (part: Partial<KafkaSinkSpec>, event: OutboundEvent) => routeOf(spec(part), 'shop', event);

it('the topic of an outbox event is the one that it is routed to, in a template or alone', () => {
  const routed = row(1, 'north', { routed: 'outbox.event.order' });
  expect(route({ topic: '{routed}' }, routed).topic).toBe('outbox.event.order');
  expect(route({ topic: '{application}.{routed}' }, routed).topic).toBe('shop.outbox.event.order');
  expect(fixedTopic('{routed}', 'shop')).toBeNull();
  expect(() => route({ topic: '{routed}' }, row(1, 'north'))).toThrow('this event has none');
  expect(() => route({ topic: '{routed}' }, row(1, 'north', { routed: 'a b' }))).toThrow('makes no topic name');
});

describe('the key of a record', () => {
  it('is the row’s own unless the spec chooses another', () => {
    expect(route({}, row(1, 'north'))).toEqual({ topic: 'orders', key: '{"id":1}' });
    expect(route({ key: { type: 'PrimaryKey' } }, row(1, 'north')).key).toBe('{"id":1}');
  });

  it('of chosen columns is their JSON, spread by a salt that is the same for every change of a row', () => {
    const columns = ['tenant'];
    expect(route({ key: { type: 'Columns', columns } }, row(1, 'north')).key).toBe('{"tenant":"north"}');
    const salted = (id: number) => route({ key: { type: 'Columns', columns, salt: 4 } }, row(id, 'north')).key;
    expect(salted(7)).toBe(salted(7));
    expect(new Set(Array.from({ length: 100 }, (_, id) => salted(id))).size).toBe(4);
  });

  it('by an expression is its text, spread by a salt that is the same for every change of a row', () => {
    const key = { type: 'Expression', expression: 'row.tenant' } as const;
    const keyOf = (salt: number | undefined, part: Partial<OutboundEvent>) =>
      route({ key: { ...key, ...(salt ? { salt } : {}) } }, testEvent({ keyText: 'north', ...part })).key;
    expect(keyOf(undefined, {})).toBe('north');
    expect(keyOf(4, { key: '{"id":7}', op: 'd', payload: null })).toBe(`north#${positiveHash('{"id":7}') % 4}`);
    const salted = Array.from({ length: 100 }, (_, id) => keyOf(4, { key: `{"id":${id}}` }));
    expect(new Set(salted)).toEqual(new Set(['north#0', 'north#1', 'north#2', 'north#3']));
    expect(keyExpression(spec({ key }))).toBe('row.tenant');
    expect(keyExpression(spec())).toBeUndefined();
  });

  it('by an expression is that of the event where it is about no row, and never that of a row without the text', () => {
    const key = { type: 'Expression', expression: 'row.tenant' } as const;
    expect(route({ key }, testEvent({ op: 'm', key: '{"prefix":"a"}' })).key).toBe('{"prefix":"a"}');
    expect(route({ key }, testEvent({ op: 't', key: null })).key).toBeNull();
    expect(() => route({ key }, testEvent())).toThrow('came without its value');
  });

  it('by tenant stays the row’s own, in neighbouring partitions of the tenant', () => {
    const partitionsOf = (tenant: string, shards: number) => {
      const routes = Array.from({ length: 200 }, (_, id) => route({ key: { type: 'Tenant', column: 'tenant', shards } }, row(id, tenant)));
      expect(routes[3]?.key).toBe('{"id":3}');
      return new Set(routes.map(({ choose }) => choose?.(12)));
    };
    expect(partitionsOf('north', 1).size).toBe(1);
    const first = positiveHash('"north"') % 12;
    expect(partitionsOf('north', 3)).toEqual(new Set([first, (first + 1) % 12, (first + 2) % 12]));
  });

  it('is refused where the change does not carry the column, with what to do', () => {
    const deletion = testEvent({ op: 'd', columns: {} });
    const keys: KafkaKeySpec[] = [
      { type: 'Columns', columns: ['tenant'] },
      { type: 'Tenant', column: 'tenant', shards: 2 },
    ];
    for (const key of keys) {
      expect(() => route({ key }, deletion)).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
      expect(route({ key }, testEvent({ op: 't', key: null })).key).toBeNull();
    }
  });
});

describe('the topic of a record', () => {
  it('is fixed unless it is made of the row or its table', () => {
    expect(fixedTopic('{application}.v1', 'shop')).toBe('shop.v1');
    expect(fixedTopic('{table}.v1', 'shop')).toBeNull();
    expect(route({ topic: '{application}.{column:tenant}' }, row(1, 'north')).topic).toBe('shop.north');
    expect(routingColumns(spec({ topic: '{column:a}', key: { type: 'Columns', columns: ['b', 'a'] } }))).toEqual(['a', 'b']);
  });
});
