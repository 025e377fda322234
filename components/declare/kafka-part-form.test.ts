import { expect, it } from 'vitest';
import { type KafkaSinkSpec, kafkaSink } from '@/core/spec/sink/kafka';
import { EMPTY_SINK_PART, formOfSinkPart, sinkOf } from './sink-part-form';

const base = { type: 'Kafka', target: 'bus', topic: '{application}.{column:tenant}', tombstones: false } as const;

it.each<KafkaSinkSpec>([
  base,
  { ...base, partitions: 12, replicationFactor: 3, cleanupPolicy: 'compact,delete', delivery: 'exactly_once' },
  { ...base, key: { type: 'Columns', columns: ['a', 'b c'], salt: 8 } },
  { ...base, key: { type: 'Expression', expression: 'row.a + "x"' } },
  { ...base, key: { type: 'Expression', expression: 'op', salt: 8 } },
  { ...base, format: 'json_with_schema' },
  { ...base, format: 'avro' },
  { ...base, format: 'protobuf', subjects: 'topic_record', onSchemaChange: 'register' },
  { ...base, key: { type: 'Tenant', column: 'tenant', shards: 3 } },
])('the form gives back what a spec says: %j', (spec) => {
  const form = formOfSinkPart(spec, EMPTY_SINK_PART);
  expect(kafkaSink.parse(sinkOf(form, form.topic))).toEqual(spec);
});

it('what is no figure reaches validation as typed', () => {
  const form = { ...EMPTY_SINK_PART, type: 'Kafka' as const, target: 'bus', kafkaPartitions: 'many' };
  expect(sinkOf(form, 'orders')).toMatchObject({ partitions: 'many' });
});
