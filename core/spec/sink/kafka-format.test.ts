import { describe, expect, it } from 'vitest';
import { problemsOf } from '../problems';
import { type StreamSpecInput, streamSpec } from '../stream-spec';
import { registrySecretBlock, splitRegistrySecret } from './kafka-registry';
import { splitKafkaSecret } from './kafka-target';

type Part<K extends 'flow' | 'sink' | 'source'> = Partial<Record<keyof StreamSpecInput[K], unknown>> & Record<string, unknown>;
function problems({ flow = {}, sink = {}, source = {} }: { flow?: Part<'flow'>; sink?: Part<'sink'>; source?: Part<'source'> }): string[] {
  const typed = {
    applicationId: 'orders',
    source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' }, ...source },
    flow: { type: 'DebeziumEnvelope', ...flow },
    sink: { type: 'Kafka', target: 'bus', topic: 'orders', format: 'avro', ...sink },
    recovery: { type: 'None' },
  };
  const parsed = streamSpec.safeParse(typed);
  return parsed.success ? [] : problemsOf(parsed.error, typed).map(({ field, value, remedy }) => `${field} ${String(value)}: ${remedy}`);
}

describe('formats with schemas', () => {
  it.each(['json', 'json_with_schema', 'avro', 'protobuf', 'json_schema'])('%s goes with the envelope', (format) => {
    expect(problems({ sink: { format } })).toEqual([]);
  });

  it.each<[string, Parameters<typeof problems>[0], RegExp]>([
    ['a flow without schemas', { flow: { type: 'Delta' } }, /^sink\.format avro: choose json: events of the flow Delta/],
    ['fields that are left out', { flow: { unchangedToast: 'omit' } }, /^flow\.unchangedToast omit: choose reselect/],
    ['topics of a column', { sink: { topic: 'orders.{column:tenant}' } }, /^sink\.subjects undefined: choose record/],
    [
      'records of transactions in the topic',
      { flow: { transactionMetadata: true } },
      /^sink\.subjects undefined: choose record or topic_record/,
    ],
    ['messages in the topic', { source: { messagePrefixes: ['*'] } }, /^sink\.subjects undefined: choose record or topic_record/],
    [
      'keys by an expression',
      { sink: { key: { type: 'Expression', expression: 'row.a' }, subjects: 'record' } },
      /^sink\.format avro: choose json, or key by columns/,
    ],
    ['partitions by their own name', { source: { partitions: 'leaf' } }, /^source\.partitions leaf: choose root/],
    ['subjects without a registry', { sink: { format: 'json', subjects: 'record' } }, /^sink\.subjects record: leave it out/],
    [
      'registering without a registry',
      { sink: { format: 'json_with_schema', onSchemaChange: 'stop' } },
      /^sink\.onSchemaChange stop: leave it out/,
    ],
  ])('%s: refused by field, value and remedy', (_, parts, words) => {
    const found = problems(parts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(words);
  });

  it('are fine where records name the subjects', () => {
    const sink = { subjects: 'record', topic: 'orders.{column:tenant}' };
    expect(problems({ sink, flow: { transactionMetadata: true }, source: { messagePrefixes: ['*'] } })).toEqual([]);
  });
});

it('the registry’s secret is a part of the target’s one secret, whatever else is in it', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----';
  const block = registrySecretBlock('p\nw-----');
  for (const [secret, expected] of [
    [['sasl', key, block].join('\n'), { sasl: 'sasl', privateKey: key, registry: 'p\nw-----' }],
    [block, { sasl: null, privateKey: null, registry: 'p\nw-----' }],
    [['sasl', block].join('\n'), { sasl: 'sasl', privateKey: null, registry: 'p\nw-----' }],
    [key, { sasl: null, privateKey: key, registry: null }],
    [null, { sasl: null, privateKey: null, registry: null }],
  ] as const) {
    expect({ ...splitKafkaSecret(secret), registry: splitRegistrySecret(secret).registry }).toEqual(expected);
  }
});
