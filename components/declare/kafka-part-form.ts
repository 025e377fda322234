import type { CLEANUP_POLICIES, KafkaKeySpec, KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { type KafkaFormat, type SchemaChange, type SubjectStrategy, usesRegistry } from '@/core/spec/sink/kafka-format';
import { figure } from './typed';

/** What only Kafka has beside topic and tombstones: figures as typed, the fields of every kind of key side by side. */
export interface KafkaPartForm {
  readonly kafkaPartitions: string;
  readonly kafkaReplication: string;
  /** Empty = the broker's default. */
  readonly kafkaCleanup: (typeof CLEANUP_POLICIES)[number] | '';
  readonly kafkaKey: KafkaKeySpec['type'];
  /** Separated by commas. */
  readonly kafkaKeyColumns: string;
  /** CEL. */
  readonly kafkaExpression: string;
  /** Of chosen columns and of an expression. */
  readonly kafkaSalt: string;
  readonly kafkaTenant: string;
  readonly kafkaShards: string;
  readonly kafkaExactlyOnce: boolean;
  readonly kafkaFormat: KafkaFormat;
  /** Both only of a format with a schema registry. */
  readonly kafkaSubjects: SubjectStrategy;
  readonly kafkaOnSchemaChange: SchemaChange;
}

export const EMPTY_KAFKA_PART: KafkaPartForm = {
  kafkaPartitions: '',
  kafkaReplication: '',
  kafkaCleanup: '',
  kafkaKey: 'PrimaryKey',
  kafkaKeyColumns: '',
  kafkaExpression: '',
  kafkaSalt: '',
  kafkaTenant: '',
  kafkaShards: '1',
  kafkaExactlyOnce: false,
  kafkaFormat: 'json',
  kafkaSubjects: 'topic',
  kafkaOnSchemaChange: 'stop',
};

/** The optional fields of the spec; what is left at its default is not in it. */
export function kafkaPartOf(form: KafkaPartForm): Record<string, unknown> {
  const { kafkaPartitions, kafkaReplication, kafkaCleanup, kafkaExactlyOnce } = form;
  const key = keyOf(form);
  return {
    ...(kafkaPartitions.trim() ? { partitions: figure(kafkaPartitions) } : {}),
    ...(kafkaReplication.trim() ? { replicationFactor: figure(kafkaReplication) } : {}),
    ...(kafkaCleanup ? { cleanupPolicy: kafkaCleanup } : {}),
    ...(key ? { key } : {}),
    ...(kafkaExactlyOnce ? { delivery: 'exactly_once' } : {}),
    ...formatOf(form),
  };
}

function formatOf({
  kafkaFormat: format,
  kafkaSubjects: subjects,
  kafkaOnSchemaChange: onSchemaChange,
}: KafkaPartForm): Record<string, unknown> {
  if (format === 'json') return {};
  if (!usesRegistry(format)) return { format };
  return { format, ...(subjects === 'topic' ? {} : { subjects }), ...(onSchemaChange === 'stop' ? {} : { onSchemaChange }) };
}

function keyOf(form: KafkaPartForm): Record<string, unknown> | null {
  switch (form.kafkaKey) {
    case 'PrimaryKey':
      return null;
    case 'Columns': {
      const columns = form.kafkaKeyColumns.split(',').flatMap((name) => name.trim() || []);
      return { type: 'Columns', columns, ...saltOf(form) };
    }
    case 'Expression':
      return { type: 'Expression', expression: form.kafkaExpression.trim(), ...saltOf(form) };
    case 'Tenant':
      return { type: 'Tenant', column: form.kafkaTenant.trim(), shards: figure(form.kafkaShards) };
  }
}

function saltOf({ kafkaSalt }: KafkaPartForm): Record<string, unknown> {
  return kafkaSalt.trim() ? { salt: figure(kafkaSalt) } : {};
}

export function formOfKafkaPart(spec: KafkaSinkSpec): KafkaPartForm {
  const { partitions, replicationFactor, cleanupPolicy, key, delivery } = spec;
  return {
    kafkaPartitions: String(partitions ?? ''),
    kafkaReplication: String(replicationFactor ?? ''),
    kafkaCleanup: cleanupPolicy ?? '',
    kafkaKey: key?.type ?? 'PrimaryKey',
    kafkaKeyColumns: key?.type === 'Columns' ? key.columns.join(', ') : '',
    kafkaExpression: key?.type === 'Expression' ? key.expression : '',
    kafkaSalt: key?.type === 'Columns' || key?.type === 'Expression' ? String(key.salt ?? '') : '',
    kafkaTenant: key?.type === 'Tenant' ? key.column : '',
    kafkaShards: key?.type === 'Tenant' ? String(key.shards) : '1',
    kafkaExactlyOnce: delivery === 'exactly_once',
    kafkaFormat: spec.format ?? 'json',
    kafkaSubjects: spec.subjects ?? 'topic',
    kafkaOnSchemaChange: spec.onSchemaChange ?? 'stop',
  };
}

/** Formats as people call them. */
export const FORMAT_NAMES: Readonly<Record<KafkaFormat, string>> = {
  json: 'JSON',
  json_with_schema: 'JSON with its schema',
  avro: 'Avro',
  protobuf: 'Protocol Buffers',
  json_schema: 'JSON Schema',
};

/** What is not as it usually is, for the summary. */
export function kafkaWords({
  kafkaKey,
  kafkaKeyColumns,
  kafkaExpression,
  kafkaTenant,
  kafkaPartitions,
  kafkaExactlyOnce,
  kafkaFormat,
}: KafkaPartForm): string[] {
  return [
    ...(kafkaPartitions.trim() ? [`${kafkaPartitions.trim()} partitions`] : []),
    ...(kafkaKey === 'Columns' ? [`key ${kafkaKeyColumns}`] : []),
    ...(kafkaKey === 'Expression' ? [`key ${kafkaExpression}`] : []),
    ...(kafkaKey === 'Tenant' ? [`partitions by ${kafkaTenant}`] : []),
    ...(kafkaExactlyOnce ? ['exactly once'] : []),
    ...(kafkaFormat === 'json' ? [] : [FORMAT_NAMES[kafkaFormat]]),
  ];
}
