/* Apart from the schemas, so that a form can offer the choices before it loads what checks them. */

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
