import * as z from 'zod';
import { pgIdentifier, slug } from './names';
import { filterShape } from './row-filter';

/** Row operations a publication can publish (`publish = '…'`, Postgres docs, CREATE PUBLICATION). */
export const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * What is delivered before the first change. Names follow Debezium's snapshot.mode: `initial` every existing row (`r` events), then changes;
 * `initial_only` the rows and no changes, the slot goes when they are delivered; `no_data` changes alone; `when_needed` like `initial`, and
 * again by itself when the slot was lost, recreated or stands beyond what was confirmed.
 */
export const SNAPSHOT_MODES = ['initial', 'initial_only', 'no_data', 'when_needed'] as const;
export type SnapshotMode = (typeof SNAPSHOT_MODES)[number];

/**
 * How existing rows are read. `chunks`: by key, while changes stream, resumable, no long transaction. `blocking`: in the slot's exported
 * snapshot before any change, by `snapshotMaxThreads` readers of ranges; not resumable.
 */
export const SNAPSHOT_METHODS = ['chunks', 'blocking'] as const;
export type SnapshotMethod = (typeof SNAPSHOT_METHODS)[number];

/** Name under which rows of a partitioned table are published (publish_via_partition_root, Postgres docs, CREATE PUBLICATION). */
export const PARTITION_NAMES = ['root', 'leaf'] as const;
export type PartitionNames = (typeof PARTITION_NAMES)[number];

/** Changes that a subscriber of the source itself wrote: `any` delivers them, `none` does not (pgoutput option `origin`, Postgres 16+). */
export const ORIGINS = ['any', 'none'] as const;

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
  /** SQL condition on a row, pushed into the publication (`WHERE (…)`, Postgres 15+): the server does not send the others. */
  rowFilter: z
    .string()
    .trim()
    .min(1, 'write a condition, or leave it out')
    .max(2_000)
    .superRefine((text, context) => {
      const { trouble } = filterShape(text);
      if (trouble) context.addIssue({ code: 'custom', message: `write one condition, as after WHERE: ${trouble}` });
    })
    .optional(),
  /** Absent = root. */
  partitions: z.enum(PARTITION_NAMES).optional(),
  /** Publish stored generated columns (`publish_generated_columns = stored`, Postgres 18+). Absent = no. */
  generatedColumns: z.boolean().optional(),
  /** Absent = any. */
  origin: z.enum(ORIGINS).optional(),
  /** Logical messages (pg_logical_emit_message) of these prefixes become events of operation m; `*` = every prefix but Spillway's own. */
  messagePrefixes: z
    .array(
      z
        .string()
        .min(1)
        .max(200)
        .refine((prefix) => !prefix.startsWith('spillway.'), 'these are the messages by which Spillway measures the source'),
    )
    .min(1, 'name at least one prefix')
    .optional(),
  snapshot: z.enum(SNAPSHOT_MODES).default('initial'),
  /** Absent = chunks. */
  snapshotMethod: z.enum(SNAPSHOT_METHODS).optional(),
  /** Readers of a blocking snapshot, each with a connection. Absent = 1. */
  snapshotMaxThreads: z.int().min(1).max(8).optional(),
  offsetMismatchStrategy: z.enum(OFFSET_MISMATCH_STRATEGIES).optional(),
});
export type SourceSpec = z.infer<typeof sourceSpec>;
