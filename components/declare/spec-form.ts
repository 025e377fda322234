import type { FlowSpec } from '@/core/spec/flow';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { type ConversionForm, conversionsOf } from './conversion-part-form';
import {
  EMPTY_FILTER_PART,
  EMPTY_TRANSFORM_PART,
  type FilterForm,
  filterOf,
  formOfFilter,
  formOfTransform,
  type TransformForm,
  transformOf,
} from './filter-part-form';
import { EMPTY_FLOW } from './flow-part-form';
import { EMPTY_RECOVERY_PART, formOfRecoveryPart, type RecoveryForm, recoveryOf } from './recovery-part-form';
import { EMPTY_SINK_PART, formOfSinkPart, type SinkForm, sinkOf } from './sink-part-form';
import { EMPTY_SOURCE_PART, formOfSourcePart, type SourceForm, sourceOf } from './source-part-form';
import { EMPTY_SPILL_PART, formOfSpill, type SpillForm, spillPartOf } from './spill-part-form';

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
