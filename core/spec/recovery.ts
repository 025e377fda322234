import * as z from 'zod';
import { slug } from './names';
import { eventTypeName } from './sink/nakadi';
import { standardQueueName } from './sink/sqs';

/** What happens to events of a key behind a dead letter of that key: wait in order, or go on (FES behaviour). */
export const KEY_ORDERS = ['park', 'skip'] as const;

const MIB = 1024 * 1024;

/** Attempts in all for an event the sink refuses by itself (poison); an outage is never counted. */
const maxAttempts = z.int().min(1, 'at least 1').max(20, 'at most 20').default(3);
/** Name of a registered sink target. */
const target = slug;
/** One topic for every letter: no template. */
const topic = z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, 'use 1 to 249 letters, digits, dots, hyphens and underscores');

/**
 * Where a copy of each dead letter goes. The letter itself is always in the catalog, where the team reviews it; the names are those of
 * FabricEventStream manifests.
 */
export const deadLetterSink = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Catalog') }),
  z.strictObject({ type: z.literal('SqsStandard'), target, queueName: standardQueueName }),
  z.strictObject({ type: z.literal('Kafka'), target, topic }),
  z.strictObject({ type: z.literal('Nakadi'), target, eventType: eventTypeName }),
]);
export type DeadLetterSink = z.infer<typeof deadLetterSink>;
export type CopySink = Exclude<DeadLetterSink, { type: 'Catalog' }>;
export const DEAD_LETTER_SINK_TYPES = ['Catalog', 'SqsStandard', 'Kafka', 'Nakadi'] as const satisfies readonly DeadLetterSink['type'][];

const none = z.strictObject({ type: z.literal('None') });
const ignore = z.strictObject({ type: z.literal('Ignore'), maxAttempts });
const deadLetter = z.strictObject({
  type: z.literal('DeadLetter'),
  maxAttempts,
  keyOrder: z.enum(KEY_ORDERS).default('park'),
  /** Unresolved letters after which the stream stops visibly instead of filling a disk. */
  maxOpen: z.int().min(1).max(1_000_000).default(10_000),
  /** As `maxOpen`, in bytes of the letters as the catalog stores them. Absent = 1 GiB. */
  maxOpenBytes: z
    .int()
    .min(MIB, 'at least 1 MiB (1,048,576)')
    .max(1024 * 1024 * MIB, 'at most 1 TiB')
    .optional(),
  /** Absent = Catalog: no copies. */
  sink: deadLetterSink.optional(),
});

export const recoverySpec = z.discriminatedUnion('type', [none, ignore, deadLetter]);
export type RecoverySpec = z.infer<typeof recoverySpec>;
export type DeadLetterRecovery = z.infer<typeof deadLetter>;

export const DEFAULT_MAX_OPEN_BYTES = 1024 * MIB;

/** The limit of unresolved letters in bytes. */
export function maxOpenBytesOf({ maxOpenBytes }: DeadLetterRecovery): number {
  return maxOpenBytes ?? DEFAULT_MAX_OPEN_BYTES;
}

/** Where copies of dead letters go; null when letters are in the catalog only. */
export function copySinkOf(recovery: RecoverySpec): CopySink | null {
  if (recovery.type !== 'DeadLetter' || !recovery.sink || recovery.sink.type === 'Catalog') return null;
  return recovery.sink;
}

/** The place as a person names it: `queue x at target`. */
export function copyPlace(sink: CopySink): string {
  switch (sink.type) {
    case 'SqsStandard':
      return `queue ${sink.queueName} of ${sink.target}`;
    case 'Kafka':
      return `topic ${sink.topic} of ${sink.target}`;
    case 'Nakadi':
      return `event type ${sink.eventType} of ${sink.target}`;
  }
}
