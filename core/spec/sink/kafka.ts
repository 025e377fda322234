import * as z from 'zod';
import { slug } from '../names';
import { KAFKA_FORMATS, SCHEMA_CHANGES, SUBJECT_STRATEGIES } from './kafka-format';
import { topicProblem } from './topic-template';

const topic = z.string().superRefine((text, context) => {
  const problem = topicProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});
const column = z.string().min(1).max(63);
const salt = z.int().min(2).max(1024).optional();

/**
 * What the record's key is, and by it the partition. Order holds within a partition only:
 * - PrimaryKey (default): every change of a row in order.
 * - Columns: every change of equal values in order, rows of them together. With `salt`, each such key is spread over so many
 *   (`salt` = hash of the primary key % N is added to the key): order holds for a row, no more for all rows of the values.
 * - Expression: the text that a CEL expression makes of the row, with the variables of `filter.cel` and the columns as they may be sent.
 *   Every change of equal values of it in order, rows of them together; with `salt` (`<value>#<hash of the primary key % N>`) for a row
 *   alone. A change that moves a row to another value is not ordered with those before it. A null, an error or a value that was not sent
 *   sends the event to recovery. Whether it compiles is asked of `kafkaKeyProblems` (filter-check.ts).
 * - Tenant: the key stays the primary key; rows of one value of `column` share `shards` neighbouring partitions, so that a large
 *   tenant neither fills one partition nor all of them. Order holds for a row.
 */
export const kafkaKey = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('PrimaryKey') }),
  z.strictObject({ type: z.literal('Columns'), columns: z.array(column).min(1).max(16), salt }),
  z.strictObject({ type: z.literal('Expression'), expression: z.string().trim().min(1, 'write an expression').max(1_000), salt }),
  z.strictObject({ type: z.literal('Tenant'), column, shards: z.int().min(1).max(1024).default(1) }),
]);
export type KafkaKeySpec = z.infer<typeof kafkaKey>;

export const CLEANUP_POLICIES = ['delete', 'compact', 'compact,delete'] as const;
export const KAFKA_DELIVERIES = ['at_least_once', 'exactly_once'] as const;

export const kafkaSink = z.strictObject({
  type: z.literal('Kafka'),
  /** Name of a registered sink target of type Kafka. */
  target: slug,
  /** A name, or a template of `{application}`, `{schema}`, `{table}` and `{column:<name>}`. */
  topic,
  /** What a missing topic is created with, and an existing one must have; absent = the broker's defaults, whatever exists is taken. */
  partitions: z.int().min(1).max(10_000).optional(),
  replicationFactor: z.int().min(1).max(100).optional(),
  cleanupPolicy: z.enum(CLEANUP_POLICIES).optional(),
  /** Absent = PrimaryKey. */
  key: kafkaKey.optional(),
  /**
   * Absent = at_least_once. exactly_once: one Kafka transaction a batch, with the stream's position in it; consumers have to read
   * with isolation.level=read_committed.
   */
  delivery: z.enum(KAFKA_DELIVERIES).optional(),
  /** Send a null-valued record after each delete, as Debezium does, so that compacted topics forget the key. */
  tombstones: z.boolean().default(true),
  /** Absent = json. */
  format: z.enum(KAFKA_FORMATS).optional(),
  /** Of a format with a schema registry; absent = topic. */
  subjects: z.enum(SUBJECT_STRATEGIES).optional(),
  /** Of a format with a schema registry; absent = stop. */
  onSchemaChange: z.enum(SCHEMA_CHANGES).optional(),
});
export type KafkaSinkSpec = z.infer<typeof kafkaSink>;
