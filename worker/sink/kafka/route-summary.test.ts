import { expect, it } from 'vitest';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { testEvent } from '../conformance';
import { summarizeRoutes } from './route-summary';

const spec = (part: Partial<KafkaSinkSpec>): KafkaSinkSpec => ({
  type: 'Kafka',
  target: 'bus',
  topic: 'orders',
  tombstones: true,
  ...part,
});
/** 80 of 100 rows are of one tenant. */
const rows = Array.from({ length: 100 }, (_, id) => {
  const tenant = id < 80 ? 'north' : `t${id}`;
  return testEvent({ key: `{"id":${id}}`, columns: { tenant: { text: tenant, json: `"${tenant}"` } } });
});

it('counts keys of an expression, and rows that it gives none', () => {
  const keyed = rows.map((event, id) => ({ ...event, keyText: id < 60 ? 'hot' : `k${id}` }));
  const key = { type: 'Expression', expression: 'row.tenant' } as const;
  const summary = summarizeRoutes(spec({ key, partitions: 4 }), 'shop', keyed, ['the first', 'the second']);
  expect(summary).toMatchObject({ rows: 102, keys: 41, hottestKey: { key: 'hot', share: 0.6 }, refused: 2, problem: 'the first' });
  expect(summary.hottestPartition).toBeGreaterThanOrEqual(0.6);
});

it('tells topics, the hottest key and the fullest partition', () => {
  const byRow = summarizeRoutes(spec({ partitions: 4 }), 'shop', rows);
  expect(byRow).toMatchObject({ rows: 100, topics: [{ name: 'orders', rows: 100 }], keys: 100, partitions: 4, refused: 0, problem: null });
  expect(byRow.hottestKey?.share).toBe(0.01);
  expect(byRow.hottestPartition).toBeLessThan(0.5);

  const byTenant = summarizeRoutes(spec({ topic: 'o.{column:tenant}', key: { type: 'Columns', columns: ['tenant'] } }), 'shop', rows);
  expect(byTenant.hottestKey).toEqual({ key: '{"tenant":"north"}', share: 0.8 });
  expect(byTenant.hottestPartition).toBeGreaterThanOrEqual(0.8);
  expect(byTenant).toMatchObject({ moreTopics: 1, partitionsAssumed: true });
  expect(byTenant.topics[0]).toEqual({ name: 'o.north', rows: 80 });

  const salted = summarizeRoutes(spec({ key: { type: 'Columns', columns: ['tenant'], salt: 8 } }), 'shop', rows);
  expect(salted.hottestKey?.share).toBeLessThan(0.3);
});

it('counts rows that give no topic, with the first reason', () => {
  const summary = summarizeRoutes(spec({ topic: '{column:region}' }), 'shop', rows);
  expect(summary).toMatchObject({ refused: 100, topics: [], keys: 0, hottestKey: null, problem: expect.stringContaining('region') });
});
