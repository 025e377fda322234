import type { FieldProblem } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import { type SpecForm, specOf } from './spec-form';

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
