import * as z from 'zod';

/** What happens to events of a key behind a dead letter of that key: wait in order, or go on (FES behaviour). */
export const KEY_ORDERS = ['park', 'skip'] as const;

/** Attempts in all for an event the sink refuses by itself (poison); an outage is never counted. */
const maxAttempts = z.int().min(1, 'at least 1').max(20, 'at most 20').default(3);

const none = z.strictObject({ type: z.literal('None') });
const ignore = z.strictObject({ type: z.literal('Ignore'), maxAttempts });
const deadLetter = z.strictObject({
  type: z.literal('DeadLetter'),
  maxAttempts,
  keyOrder: z.enum(KEY_ORDERS).default('park'),
  /** Open and parked letters after which the stream stops visibly instead of filling a disk. */
  maxOpen: z.int().min(1).max(1_000_000).default(10_000),
});

export const recoverySpec = z.discriminatedUnion('type', [none, ignore, deadLetter]);
export type RecoverySpec = z.infer<typeof recoverySpec>;
export type DeadLetterRecovery = z.infer<typeof deadLetter>;
