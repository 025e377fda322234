import type { SourceSpec } from '@/core/spec/source';
import {
  OFFSET_MISMATCH_STRATEGIES,
  type OffsetMismatchStrategy,
  OPERATIONS,
  type Operation,
  ORIGINS,
  PARTITION_NAMES,
  type PartitionNames,
  SNAPSHOT_METHODS,
  SNAPSHOT_MODES,
  type SnapshotMethod,
  type SnapshotMode,
} from '@/core/spec/source-choices';
import { figure, oneOf, strings, text } from './typed';

/** The source part as the wizard's fields hold it. What a spec may leave out is empty (or null) here, so that nothing is added to it. */
export interface SourceForm {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly operations: readonly Operation[];
  /** null = every column. */
  readonly columns: readonly string[] | null;
  /** Empty = every row. */
  readonly rowFilter: string;
  /** Empty = root. */
  readonly partitions: PartitionNames | '';
  /** null = not said, which means no. */
  readonly generatedColumns: boolean | null;
  /** Empty = any. */
  readonly origin: (typeof ORIGINS)[number] | '';
  /** null = no messages. */
  readonly messagePrefixes: readonly string[] | null;
  readonly snapshot: SnapshotMode;
  /** Empty = chunks. */
  readonly snapshotMethod: SnapshotMethod | '';
  /** A figure as typed; empty = 1. */
  readonly snapshotMaxThreads: string;
  /** Empty = stop and ask. */
  readonly offsetMismatchStrategy: OffsetMismatchStrategy | '';
}

export const EMPTY_SOURCE_PART: SourceForm = {
  database: '',
  schema: 'public',
  table: '',
  operations: ['insert', 'update', 'delete'],
  columns: null,
  rowFilter: '',
  partitions: '',
  generatedColumns: null,
  origin: '',
  messagePrefixes: null,
  snapshot: 'initial',
  snapshotMethod: '',
  snapshotMaxThreads: '',
  offsetMismatchStrategy: '',
};

/** The source part that the form stands for, valid or not. */
export function sourceOf(form: SourceForm): Record<string, unknown> {
  return {
    type: 'PostgresLogicalReplication',
    database: form.database,
    schema: form.schema,
    table: { name: form.table },
    operations: [...form.operations],
    ...(form.columns ? { columns: [...form.columns] } : {}),
    ...(form.rowFilter ? { rowFilter: form.rowFilter } : {}),
    ...(form.partitions ? { partitions: form.partitions } : {}),
    ...(form.generatedColumns === null ? {} : { generatedColumns: form.generatedColumns }),
    ...(form.origin ? { origin: form.origin } : {}),
    ...(form.messagePrefixes ? { messagePrefixes: [...form.messagePrefixes] } : {}),
    snapshot: form.snapshot,
    ...(form.snapshotMethod ? { snapshotMethod: form.snapshotMethod } : {}),
    ...(form.snapshotMaxThreads ? { snapshotMaxThreads: figure(form.snapshotMaxThreads) } : {}),
    ...(form.offsetMismatchStrategy ? { offsetMismatchStrategy: form.offsetMismatchStrategy } : {}),
  };
}

/** The fields that stand for the source part of a valid spec. */
export function formOfSourcePart(source: SourceSpec): SourceForm {
  return {
    database: source.database,
    schema: source.schema,
    table: source.table.name,
    operations: source.operations,
    columns: source.columns ?? null,
    rowFilter: source.rowFilter ?? '',
    partitions: source.partitions ?? '',
    generatedColumns: source.generatedColumns ?? null,
    origin: source.origin ?? '',
    messagePrefixes: source.messagePrefixes ?? null,
    snapshot: source.snapshot,
    snapshotMethod: source.snapshotMethod ?? '',
    snapshotMaxThreads: source.snapshotMaxThreads === undefined ? '' : String(source.snapshotMaxThreads),
    offsetMismatchStrategy: source.offsetMismatchStrategy ?? '',
  };
}

/** The fields that a draft kept; what it does not know, or kept in another shape, is as in an empty form. */
export function readSourcePart(stored: Record<string, unknown>): SourceForm {
  const empty = EMPTY_SOURCE_PART;
  return {
    database: text(stored.database, empty.database),
    schema: text(stored.schema, empty.schema),
    table: text(stored.table, empty.table),
    operations: strings(stored.operations)?.flatMap((name) => oneOf(OPERATIONS, name) ?? []) ?? empty.operations,
    columns: strings(stored.columns),
    rowFilter: text(stored.rowFilter, empty.rowFilter),
    partitions: oneOf(PARTITION_NAMES, stored.partitions) ?? empty.partitions,
    generatedColumns: typeof stored.generatedColumns === 'boolean' ? stored.generatedColumns : empty.generatedColumns,
    origin: oneOf(ORIGINS, stored.origin) ?? empty.origin,
    messagePrefixes: strings(stored.messagePrefixes),
    snapshot: oneOf(SNAPSHOT_MODES, stored.snapshot) ?? empty.snapshot,
    snapshotMethod: oneOf(SNAPSHOT_METHODS, stored.snapshotMethod) ?? empty.snapshotMethod,
    snapshotMaxThreads: text(stored.snapshotMaxThreads, empty.snapshotMaxThreads),
    offsetMismatchStrategy: oneOf(OFFSET_MISMATCH_STRATEGIES, stored.offsetMismatchStrategy) ?? empty.offsetMismatchStrategy,
  };
}
