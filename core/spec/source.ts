import * as z from 'zod';
import { pgIdentifier, slug } from './names';

/** Row operations a publication can publish (`publish = '…'`, Postgres docs, CREATE PUBLICATION). */
export const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What is delivered before the first change: every existing row (`r` events), or nothing. Names follow Debezium's snapshot.mode. */
export const SNAPSHOT_MODES = ['initial', 'no_data'] as const;
export type SnapshotMode = (typeof SNAPSHOT_MODES)[number];

/**
 * What happens when the slot is found beyond the position that this stream confirmed. Names follow Debezium's offset.mismatch.strategy;
 * absent = stop and ask. What they mean here: docs/decisions/0011.
 */
export const OFFSET_MISMATCH_STRATEGIES = ['no_validation', 'trust_offset', 'trust_slot', 'trust_greater_lsn'] as const;
export type OffsetMismatchStrategy = (typeof OFFSET_MISMATCH_STRATEGIES)[number];

export const sourceSpec = z.strictObject({
  type: z.literal('PostgresLogicalReplication'),
  /** Name of a registered source database. */
  database: slug,
  schema: pgIdentifier.default('public'),
  table: z.strictObject({
    name: pgIdentifier,
  }),
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1, 'choose at least one operation')
    .refine((ops) => new Set(ops).size === ops.length, 'names an operation twice')
    .default(['insert', 'update', 'delete']),
  /** Column list pushed into the publication (Postgres 15+). Absent = every column, also those added later. */
  columns: z.array(pgIdentifier).min(1, 'choose at least one column').optional(),
  snapshot: z.enum(SNAPSHOT_MODES).default('initial'),
  offsetMismatchStrategy: z.enum(OFFSET_MISMATCH_STRATEGIES).optional(),
});
export type SourceSpec = z.infer<typeof sourceSpec>;
