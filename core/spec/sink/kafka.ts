import * as z from 'zod';
import { slug } from '../names';

/** Kafka topic names: 1 to 249 of [a-zA-Z0-9._-], not `.` or `..` (org.apache.kafka.common.internals.Topic). */
const topic = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'use 1 to 249 of a-z A-Z 0-9 . _ -')
  .refine((name) => name !== '.' && name !== '..', 'must not be "." or ".."');

export const kafkaSink = z.strictObject({
  type: z.literal('Kafka'),
  /** Name of a registered sink target of type Kafka. */
  target: slug,
  topic,
  /** Send a null-valued record after each delete, as Debezium does, so that compacted topics forget the key. */
  tombstones: z.boolean().default(true),
});
export type KafkaSinkSpec = z.infer<typeof kafkaSink>;
