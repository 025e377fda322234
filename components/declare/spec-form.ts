import type { FieldProblem } from '@/core/errors';
import type { FlowSpec } from '@/core/spec/flow';
import { problemsOf } from '@/core/spec/problems';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import { type ConversionForm, conversionsOf, readConversionsPart } from './conversion-part-form';
import {
  EMPTY_FILTER_PART,
  EMPTY_TRANSFORM_PART,
  type FilterForm,
  filterOf,
  formOfFilter,
  formOfTransform,
  readFilterPart,
  readTransformPart,
  type TransformForm,
  transformOf,
} from './filter-part-form';
import { EMPTY_FLOW, readFlowPart } from './flow-part-form';
import { EMPTY_RECOVERY_PART, formOfRecoveryPart, type RecoveryForm, recoveryOf } from './recovery-part-form';
import { EMPTY_SINK_PART, formOfSinkPart, type SinkForm, sinkOf } from './sink-part-form';
import { EMPTY_SOURCE_PART, formOfSourcePart, readSourcePart, type SourceForm, sourceOf } from './source-part-form';
import { EMPTY_SPILL_PART, formOfSpill, type SpillForm, spillPartOf } from './spill-part-form';
import { record, sameTypes, text } from './typed';

/** The spec as the wizard's fields hold it: figures as typed, every sink type's fields side by side so that switching loses nothing. */
export interface SpecForm {
  /** Empty while the person has not typed a name: then `suggestedName` of the table stands in. */
  readonly applicationId: string;
  readonly source: SourceForm;
  readonly filter: FilterForm;
  readonly transform: TransformForm;
  /** The spec itself: its fields are choices, or names as typed. */
  readonly flow: FlowSpec;
  /** In the order of the chain. */
  readonly conversions: readonly ConversionForm[];
  readonly sink: SinkForm;
  readonly recovery: RecoveryForm;
  readonly spill: SpillForm;
}

export const EMPTY_FORM: SpecForm = {
  applicationId: '',
  source: EMPTY_SOURCE_PART,
  filter: EMPTY_FILTER_PART,
  transform: EMPTY_TRANSFORM_PART,
  flow: EMPTY_FLOW,
  conversions: [],
  sink: EMPTY_SINK_PART,
  recovery: EMPTY_RECOVERY_PART,
  spill: EMPTY_SPILL_PART,
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

/** The topic a Kafka sink gets: as typed, else where an outbox routes to, else `<app>.<schema>.<table>` in characters that Kafka allows. */
export function topicOf(form: SpecForm): string {
  if (form.sink.topic) return form.sink.topic;
  const { schema, table } = form.source;
  if (!table) return '';
  if (form.flow.type === 'Outbox') return '{routed}';
  return [nameOf(form), schema, table]
    .filter(Boolean)
    .join('.')
    .replace(/[^a-zA-Z0-9._-]/g, '_')
    .slice(0, 249);
}

/** The spec that the form stands for, valid or not: what is previewed, printed as YAML and validated. */
export function specOf(form: SpecForm): Record<string, unknown> {
  return {
    applicationId: nameOf(form),
    source: sourceOf(form.source),
    ...filterOf(form.filter),
    ...transformOf(form.transform),
    flow: form.flow,
    ...conversionsOf(form.conversions),
    sink: sinkOf(form.sink, topicOf(form)),
    recovery: recoveryOf(form.recovery),
    ...(form.sink.type === 'Kafka' && form.sink.kafkaExactlyOnce ? {} : spillPartOf(form.spill)),
  };
}

/** The form that stands for a valid spec. What the spec does not say keeps the value of `before`. */
export function formOf(spec: StreamSpec, before: SpecForm = EMPTY_FORM): SpecForm {
  const { source, flow, sink, recovery } = spec;
  const form: SpecForm = {
    ...before,
    applicationId: spec.applicationId === suggestedName(source.table.name) && !before.applicationId ? '' : spec.applicationId,
    source: formOfSourcePart(source),
    filter: formOfFilter(spec.filter),
    transform: formOfTransform(spec.transform),
    flow,
    conversions: spec.conversions ?? [],
    sink: formOfSinkPart(sink, before.sink),
    recovery: formOfRecoveryPart(recovery, before.recovery),
    spill: formOfSpill(spec.spill),
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
  'sink.queueName': 'name the queue',
  'sink.eventType': 'name the event type',
  'flow.payloadColumn': 'name the column that holds the event',
  'flow.routeByField': 'choose the column to route by',
  'flow.fieldEventId': 'choose the column of the event id',
  'flow.fieldEventKey': 'choose the column of the aggregate id',
  'flow.fieldEventPayload': 'choose the column that holds the event',
  'flow.routeTopicRegex': 'type an expression, such as (.*)',
  'flow.routeTopicReplacement': 'type what the topic is made of',
  'conversions.*.target': 'choose a sink target of type AWS Lambda',
  'conversions.*.maxBatchEvents': 'give a whole number from 1 to 1000',
  'conversions.*.timeoutMs': 'give a whole number of milliseconds',
  'conversions.*.memoryMb': 'give a whole number from 16 to 256',
  'source.snapshotMaxThreads': 'give a whole number from 1 to 8',
  'sink.maxBatchSize': 'give a whole number from 1 to 1000',
  'recovery.maxAttempts': 'give a whole number from 1 to 20',
  'recovery.maxOpen': 'give a whole number from 1 to 1000000',
  'recovery.maxOpenBytes': 'give a figure from 1 to 1048576 MiB',
  'spill.afterSeconds': 'give a whole number from 1 to 86400',
  'spill.maxBytes': 'give a figure from 1 to 1048576 MiB',
  'recovery.sink.target': 'choose a sink target for the copies',
  'recovery.sink.queueName': 'name the queue for the copies',
  'recovery.sink.topic': 'name the topic for the copies',
  'recovery.sink.eventType': 'name the event type for the copies',
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
    const known = field.replace(/\.\d+\./, '.*.');
    const figure = /\.(snapshotM|m)ax[A-Z]|^conversions.*(Mb|Ms)$/.test(field);
    const notTyped = value === undefined || value === '' || (typeof value === 'string' && known in EMPTY_REMEDIES && figure);
    const remedy = notTyped ? EMPTY_REMEDIES[known] : undefined;
    problems.set(field, remedy ? { ...problem, remedy } : problem);
  }
  return { ok: false, problems: [...problems.values()] };
}

/** A form kept in a draft: unknown JSON of an earlier version falls back to the defaults, field by field. */
export function readForm(stored: unknown): SpecForm {
  const typed = record(stored);
  return {
    applicationId: text(typed.applicationId, EMPTY_FORM.applicationId),
    source: readSourcePart(record(typed.source)),
    filter: readFilterPart(record(typed.filter)),
    transform: readTransformPart(record(typed.transform)),
    flow: readFlowPart(typed.flow),
    conversions: readConversionsPart(typed.conversions),
    sink: { ...EMPTY_FORM.sink, ...sameTypes(EMPTY_FORM.sink, record(typed.sink)) },
    recovery: { ...EMPTY_FORM.recovery, ...sameTypes(EMPTY_FORM.recovery, record(typed.recovery)) },
    spill: { ...EMPTY_FORM.spill, ...sameTypes(EMPTY_FORM.spill, record(typed.spill)) },
  };
}
