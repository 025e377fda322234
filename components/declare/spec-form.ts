import type { FieldProblem } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';
import type { KEY_ORDERS, RecoverySpec } from '@/core/spec/recovery';
import type { SinkType } from '@/core/spec/sink/sink-spec';
import { OFFSET_MISMATCH_STRATEGIES, type OffsetMismatchStrategy, OPERATIONS, type Operation, type SnapshotMode } from '@/core/spec/source';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';

/** The spec as the wizard's fields hold it: figures as typed, every sink type's fields side by side so that switching loses nothing. */
export interface SpecForm {
  /** Empty while the person has not typed a name: then `suggestedName` of the table stands in. */
  readonly applicationId: string;
  readonly source: {
    readonly database: string;
    readonly schema: string;
    readonly table: string;
    readonly operations: readonly Operation[];
    /** null = every column. */
    readonly columns: readonly string[] | null;
    readonly snapshot: SnapshotMode;
    /** Empty = stop and ask. */
    readonly offsetMismatchStrategy: OffsetMismatchStrategy | '';
  };
  readonly sink: {
    readonly type: SinkType | '';
    readonly target: string;
    /** Empty = `<app>.<schema>.<table>`. */
    readonly topic: string;
    readonly tombstones: boolean;
    readonly path: string;
    readonly maxBatchSize: string;
  };
  readonly recovery: {
    readonly type: RecoverySpec['type'];
    readonly maxAttempts: string;
    readonly keyOrder: (typeof KEY_ORDERS)[number];
    readonly maxOpen: string;
  };
}

export const EMPTY_FORM: SpecForm = {
  applicationId: '',
  source: {
    database: '',
    schema: 'public',
    table: '',
    operations: ['insert', 'update', 'delete'],
    columns: null,
    snapshot: 'initial',
    offsetMismatchStrategy: '',
  },
  sink: { type: '', target: '', topic: '', tombstones: true, path: '', maxBatchSize: '100' },
  recovery: { type: 'DeadLetter', maxAttempts: '3', keyOrder: 'park', maxOpen: '10000' },
};

/** A stream name made of a table name: `public.Order_Items` → `order-items`. Empty when nothing usable is left. */
export function suggestedName(table: string): string {
  const name = table
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name.length >= 2 ? name : '';
}

/** The name the stream gets: as typed, else as suggested. */
export function nameOf(form: SpecForm): string {
  return form.applicationId || suggestedName(form.source.table);
}

/** The topic a Kafka sink gets: as typed, else `<app>.<schema>.<table>` in characters that Kafka allows. */
export function topicOf(form: SpecForm): string {
  if (form.sink.topic) return form.sink.topic;
  const { schema, table } = form.source;
  if (!table) return '';
  return [nameOf(form), schema, table]
    .filter(Boolean)
    .join('.')
    .replace(/[^a-zA-Z0-9._-]/g, '_')
    .slice(0, 249);
}

/** A figure as typed: a number when it is one, else the text itself, so that validation can name it. */
function figure(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : text;
}

function sinkOf(form: SpecForm): Record<string, unknown> {
  const { type, target, path, maxBatchSize, tombstones } = form.sink;
  switch (type) {
    case 'Kafka':
      return { type, target, topic: topicOf(form), tombstones };
    case 'Http':
      return { type, target, ...(path ? { path } : {}), maxBatchSize: figure(maxBatchSize) };
    case 'EventLog':
      return { type, target };
    case '':
      return { target };
  }
}

function recoveryOf({ recovery }: SpecForm): Record<string, unknown> {
  const maxAttempts = figure(recovery.maxAttempts);
  switch (recovery.type) {
    case 'None':
      return { type: 'None' };
    case 'Ignore':
      return { type: 'Ignore', maxAttempts };
    case 'DeadLetter':
      return { type: 'DeadLetter', maxAttempts, keyOrder: recovery.keyOrder, maxOpen: figure(recovery.maxOpen) };
  }
}

/** The spec that the form stands for, valid or not: what is previewed, printed as YAML and validated. */
export function specOf(form: SpecForm): Record<string, unknown> {
  const { database, schema, table, operations, columns, snapshot, offsetMismatchStrategy } = form.source;
  return {
    applicationId: nameOf(form),
    source: {
      type: 'PostgresLogicalReplication',
      database,
      schema,
      table: { name: table },
      operations: OPERATIONS.filter((operation) => operations.includes(operation)),
      ...(columns ? { columns: [...columns] } : {}),
      snapshot,
      ...(offsetMismatchStrategy ? { offsetMismatchStrategy } : {}),
    },
    flow: { type: 'DebeziumEnvelope' },
    sink: sinkOf(form),
    recovery: recoveryOf(form),
  };
}

/** The form that stands for a valid spec. What the spec does not say keeps the value of `before`. */
export function formOf(spec: StreamSpec, before: SpecForm = EMPTY_FORM): SpecForm {
  const { source, sink, recovery } = spec;
  const named = {
    applicationId: spec.applicationId === suggestedName(source.table.name) && !before.applicationId ? '' : spec.applicationId,
    source: {
      database: source.database,
      schema: source.schema,
      table: source.table.name,
      operations: source.operations,
      columns: source.columns ?? null,
      snapshot: source.snapshot,
      offsetMismatchStrategy: source.offsetMismatchStrategy ?? ('' as const),
    },
  };
  const form: SpecForm = {
    ...before,
    ...named,
    sink: {
      ...before.sink,
      type: sink.type,
      target: sink.target,
      ...(sink.type === 'Kafka' ? { topic: sink.topic, tombstones: sink.tombstones } : {}),
      ...(sink.type === 'Http' ? { path: sink.path ?? '', maxBatchSize: String(sink.maxBatchSize) } : {}),
    },
    recovery: {
      ...before.recovery,
      type: recovery.type,
      ...(recovery.type === 'None' ? {} : { maxAttempts: String(recovery.maxAttempts) }),
      ...(recovery.type === 'DeadLetter' ? { keyOrder: recovery.keyOrder, maxOpen: String(recovery.maxOpen) } : {}),
    },
  };
  // A topic equal to the default goes on following the name and the table.
  const untyped = { ...form, sink: { ...form.sink, topic: '' } };
  return sink.type === 'Kafka' && topicOf(untyped) === sink.topic ? untyped : form;
}

/** What a person has to do about an empty field, in their words instead of the schema's. */
const EMPTY_REMEDIES: Readonly<Record<string, string>> = {
  applicationId: 'give the stream a name',
  'source.database': 'choose a source database',
  'source.table.name': 'choose a table',
  'sink.type': 'choose a sink target',
  'sink.target': 'choose a sink target',
  'sink.topic': 'name the topic',
  'sink.maxBatchSize': 'give a whole number from 1 to 1000',
  'recovery.maxAttempts': 'give a whole number from 1 to 20',
  'recovery.maxOpen': 'give a whole number from 1 to 1000000',
};

export type SpecCheck =
  | { readonly ok: true; readonly spec: StreamSpec }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Validates the form by the one definition of a spec. At most one problem a field. */
export function checkForm(form: SpecForm): SpecCheck {
  const typed = specOf(form);
  const parsed = streamSpec.safeParse(typed);
  if (parsed.success) return { ok: true, spec: parsed.data };
  const problems = new Map<string, FieldProblem>();
  for (const problem of problemsOf(parsed.error, typed)) {
    const { field, value } = problem;
    if (problems.has(field)) continue;
    const notTyped =
      value === undefined ||
      value === '' ||
      (typeof value === 'string' && field in EMPTY_REMEDIES && /^(sink\.max|recovery\.max)/.test(field));
    const remedy = notTyped ? EMPTY_REMEDIES[field] : undefined;
    problems.set(field, remedy ? { ...problem, remedy } : problem);
  }
  return { ok: false, problems: [...problems.values()] };
}

/** A form kept in a draft: unknown JSON of an earlier version falls back to the defaults, field by field. */
export function readForm(stored: unknown): SpecForm {
  const typed = record(stored);
  return {
    applicationId: pick(typed.applicationId, EMPTY_FORM.applicationId),
    source: readSource(record(typed.source)),
    sink: { ...EMPTY_FORM.sink, ...sameTypes(EMPTY_FORM.sink, record(typed.sink)) },
    recovery: { ...EMPTY_FORM.recovery, ...sameTypes(EMPTY_FORM.recovery, record(typed.recovery)) },
  };
}

function readSource(stored: Record<string, unknown>): SpecForm['source'] {
  const strings = (value: unknown): string[] | null => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null);
  const operations = strings(stored.operations);
  return {
    database: pick(stored.database, ''),
    schema: pick(stored.schema, 'public'),
    table: pick(stored.table, ''),
    operations: operations ? OPERATIONS.filter((operation) => operations.includes(operation)) : EMPTY_FORM.source.operations,
    columns: strings(stored.columns),
    snapshot: stored.snapshot === 'no_data' ? 'no_data' : 'initial',
    offsetMismatchStrategy: OFFSET_MISMATCH_STRATEGIES.find((strategy) => strategy === stored.offsetMismatchStrategy) ?? '',
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function pick(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function sameTypes(shape: object, stored: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, sample]) => (typeof stored[key] === typeof sample ? [[key, stored[key]]] : [])),
  );
}
