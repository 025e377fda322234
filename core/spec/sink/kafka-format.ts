import type { FieldProblem } from '../../errors';
import type { FlowSpec } from '../flow';
import type { SourceSpec } from '../source';
import type { KafkaSinkSpec } from './kafka';
import { topicColumns, topicIsRouted } from './topic-template';

/**
 * What the bytes of key and value are:
 * - json: the envelope as JSON text.
 * - json_with_schema: `{"schema": …, "payload": …}` as Kafka Connect's JsonConverter writes it with schemas.enable=true.
 * - avro, protobuf, json_schema: a zero byte, the id of a registered schema, the value by that schema (Confluent's wire format).
 */
export const KAFKA_FORMATS = ['json', 'json_with_schema', 'avro', 'protobuf', 'json_schema'] as const;
export type KafkaFormat = (typeof KAFKA_FORMATS)[number];

/** How subjects are named: `<topic>-key` and `<topic>-value`; the name of the record; both. Confluent's TopicName, RecordName, TopicRecordName. */
export const SUBJECT_STRATEGIES = ['topic', 'record', 'topic_record'] as const;
export type SubjectStrategy = (typeof SUBJECT_STRATEGIES)[number];

/** When an event has a schema that is not registered: stop and say so, or register it where the registry finds it compatible. */
export const SCHEMA_CHANGES = ['stop', 'register'] as const;
export type SchemaChange = (typeof SCHEMA_CHANGES)[number];

/** True when a schema registry is needed. */
export function usesRegistry(format: KafkaFormat | undefined): format is 'avro' | 'protobuf' | 'json_schema' {
  return format === 'avro' || format === 'protobuf' || format === 'json_schema';
}

/** True when events have to come with their schemas. */
export function usesSchemas(format: KafkaFormat | undefined): boolean {
  return format !== undefined && format !== 'json';
}

interface Parts {
  readonly flow: FlowSpec;
  readonly sink: KafkaSinkSpec;
  readonly source: Pick<SourceSpec, 'messagePrefixes' | 'partitions'>;
}

/** Why these parts of a spec do not go with the sink's format. */
export function formatProblems({ flow, sink, source }: Parts): readonly FieldProblem[] {
  const { format, subjects = 'topic', topic, key } = sink;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, value: unknown, remedy: string) => problems.push({ field, value, remedy });
  if (!usesRegistry(format)) {
    if (sink.subjects !== undefined)
      refuse('sink.subjects', sink.subjects, 'leave it out: only formats of a schema registry have subjects');
    if (sink.onSchemaChange !== undefined)
      refuse('sink.onSchemaChange', sink.onSchemaChange, 'leave it out: only formats of a schema registry register schemas');
  }
  if (!usesSchemas(format)) return problems;
  if (flow.type !== 'DebeziumEnvelope') {
    refuse('sink.format', format, `choose json: events of the flow ${flow.type} have no schema`);
    return problems;
  }
  if (flow.unchangedToast === 'omit')
    refuse('flow.unchangedToast', 'omit', 'choose reselect or placeholder: by a schema, a field that is left out reads as NULL');
  if (key?.type === 'Expression') refuse('sink.format', format, 'choose json, or key by columns: what an expression makes has no schema');
  if (!usesRegistry(format)) return problems;
  if (subjects !== 'record' && (topicColumns(topic).length > 0 || topicIsRouted(topic)))
    refuse('sink.subjects', subjects, 'choose record: topics that are made of a column are not known when schemas are registered');
  if (subjects === 'topic' && flow.transactionMetadata)
    refuse(
      'sink.subjects',
      subjects,
      'choose record or topic_record: begin and end of transactions have a schema of their own in the topic',
    );
  if (subjects === 'topic' && source.messagePrefixes)
    refuse('sink.subjects', subjects, 'choose record or topic_record: logical messages have a schema of their own in the topic');
  if (source.partitions === 'leaf')
    refuse('source.partitions', 'leaf', 'choose root: each partition would have a schema of its own to register');
  return problems;
}
