import * as z from 'zod';
import { pgIdentifier, slug } from './names';
import { filterShape } from './row-filter';
import { OFFSET_MISMATCH_STRATEGIES, OPERATIONS, ORIGINS, PARTITION_NAMES, SNAPSHOT_METHODS, SNAPSHOT_MODES } from './source-choices';

export type { OffsetMismatchStrategy, PartitionNames, SnapshotMode } from './source-choices';
export { OPERATIONS } from './source-choices';

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
