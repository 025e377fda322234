import * as z from 'zod';
import { pgIdentifier } from './names';
import { replacementProblem, routeRegexProblem } from './topic-route';

/** What becomes of an update of an outbox row: left out with a warning or an error in the log, or handed to recovery. */
export const OP_INVALID_BEHAVIORS = ['warn', 'error', 'fatal'] as const;
export const PLACEMENTS = ['header', 'envelope'] as const;

/** One item of Debezium's table.fields.additional.placement: `field:placement[:alias]`. */
const placement = z.strictObject({
  field: pgIdentifier,
  placement: z.enum(PLACEMENTS),
  /** Absent = the column's name. */
  alias: z.string().min(1).max(100).optional(),
});
export type AdditionalField = z.infer<typeof placement>;

/**
 * The rows of an outbox table as events of their own, as Debezium's outbox event router makes them. Names and defaults are Debezium's
 * properties without `table.`, in camel case.
 */
export const outboxFlow = z
  .strictObject({
    type: z.literal('Outbox'),
    /** The column whose value decides where an event goes. */
    routeByField: pgIdentifier.default('aggregatetype'),
    routeTopicRegex: z.string().min(1).max(200).default('(?<routedByValue>.*)'),
    /** `${name}` and `$1` are groups of the expression. The Kafka sink's topic takes the result as `{routed}`. */
    routeTopicReplacement: z.string().min(1).max(249).default('outbox.event.${routedByValue}'),
    /** Header `id` of the message; where the table has no such column or it is NULL, Spillway's own event id. */
    fieldEventId: pgIdentifier.default('id'),
    /** The key of the message: events of one value are delivered in order. */
    fieldEventKey: pgIdentifier.default('aggregateid'),
    fieldEventPayload: pgIdentifier.default('payload'),
    /** The time of the Kafka record; absent = the time at which it is sent. */
    fieldEventTimestamp: pgIdentifier.optional(),
    /** Columns that go beside the payload: with one in the envelope the message is `{"payload": …, "<alias>": …}`. */
    fieldsAdditionalPlacement: z.array(placement).max(30).default([]),
    /** JSON text becomes JSON, byte for byte; otherwise it is a string. */
    expandJsonPayload: z.boolean().default(false),
    /** An event without a payload is a tombstone: it deletes its key from a compacted topic. */
    routeTombstoneOnEmptyPayload: z.boolean().default(false),
    opInvalidBehavior: z.enum(OP_INVALID_BEHAVIORS).default('warn'),
  })
  .superRefine(({ routeTopicRegex, routeTopicReplacement, fieldsAdditionalPlacement }, context) => {
    const issue = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path, message, input });
    const regex = routeRegexProblem(routeTopicRegex);
    if (regex) issue(['routeTopicRegex'], regex, routeTopicRegex);
    const replacement = regex ? null : replacementProblem(routeTopicRegex, routeTopicReplacement);
    if (replacement) issue(['routeTopicReplacement'], replacement, routeTopicReplacement);
    const taken = new Set(['envelope payload', 'header id', 'header spillway.topic']);
    for (const [index, { field, placement, alias = field }] of fieldsAdditionalPlacement.entries()) {
      const name = `${placement} ${alias}`;
      if (taken.has(name)) issue(['fieldsAdditionalPlacement', index, 'alias'], `the ${placement} has a field ${alias} already`, alias);
      taken.add(name);
    }
  });
export type OutboxSpec = z.infer<typeof outboxFlow>;
/** Debezium's defaults. */
export const OUTBOX_DEFAULTS: OutboxSpec = outboxFlow.parse({ type: 'Outbox' });

/** Names under which outbox tables have these columns, the usual one first. */
const USUAL_NAMES = {
  routeByField: ['aggregatetype', 'aggregate_type', 'entity_type', 'topic'],
  fieldEventId: ['id', 'event_id', 'message_id'],
  fieldEventKey: ['aggregateid', 'aggregate_id', 'entity_id', 'key'],
  fieldEventPayload: ['payload', 'event_payload', 'data', 'body', 'event'],
} as const;
const TYPE_NAMES = ['type', 'event_type', 'eventtype'];

/**
 * The flow for a table as its columns suggest it: the fields by their usual names, the payload otherwise the first JSON column, and
 * the event's type, which Debezium sends only when asked to, as header `eventType`. What is not found keeps Debezium's default.
 */
export function guessOutbox(columns: readonly { readonly name: string; readonly type: string }[]): OutboxSpec {
  const find = (names: readonly string[]) =>
    names.map((name) => columns.find((column) => column.name.toLowerCase() === name)).find(Boolean);
  const named = Object.entries(USUAL_NAMES).flatMap(([field, names]) => {
    const column = find(names) ?? (field === 'fieldEventPayload' ? columns.find(({ type }) => /^jsonb?$/.test(type)) : undefined);
    return column ? [[field, column.name]] : [];
  });
  const type = find(TYPE_NAMES);
  return {
    ...OUTBOX_DEFAULTS,
    // A string with JSON inside is what few want; the YAML says so, as it does of decimals in the envelope.
    expandJsonPayload: true,
    fieldsAdditionalPlacement: type ? [{ field: type.name, placement: 'header', alias: 'eventType' }] : [],
    ...Object.fromEntries(named),
  };
}
