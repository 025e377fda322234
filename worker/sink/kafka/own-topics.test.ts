import { expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { OUTBOX_DEFAULTS } from '@/core/spec/outbox-flow';
import { kafkaSink } from '@/core/spec/sink/kafka';
import { sourceSpec } from '@/core/spec/source';
import { ownTopics } from './own-topics';

const source = sourceSpec.parse({ type: 'PostgresLogicalReplication', database: 'shop', schema: 'sales', table: { name: 'orders' } });
const matching = (topic: string, flow: Parameters<typeof ownTopics>[1]['flow'] = DEBEZIUM_DEFAULTS) =>
  ownTopics(kafkaSink.parse({ type: 'Kafka', target: 'bus', topic }), { source, flow }, 'shop-orders');
const EXISTING = ['orders', 'ordersXv1', 'orders.v1', 'sales.orders.eu', 'sales.orders', 'shop-orders.x', 'outbox.event.order', 'other'];
const found = (...args: Parameters<typeof matching>) => EXISTING.filter((name) => matching(...args)?.test(name));

it('finds the topics of a template, dots and all, and no others', () => {
  expect(found('orders.v1')).toEqual(['orders.v1']);
  expect(found('{schema}.{table}')).toEqual(['sales.orders']);
  expect(found('{schema}.{table}.{column:tenant}')).toEqual(['sales.orders.eu']);
  expect(found('{application}.{column:kind}')).toEqual(['shop-orders.x']);
  expect(found('{routed}', OUTBOX_DEFAULTS)).toEqual(['outbox.event.order']);
});

it('does not take a whole cluster for its own', () => {
  expect(matching('{column:topic}')).toBeNull();
  expect(matching('{column:a}.{column:b}')).toBeNull();
});
