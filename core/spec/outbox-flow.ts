import * as z from 'zod';
import { pgIdentifier } from './names';
import { OP_INVALID_BEHAVIORS, OUTBOX_DEFAULTS, PLACEMENTS } from './outbox-defaults';
import { replacementProblem, routeRegexProblem } from './topic-route';

export { guessOutbox, OUTBOX_DEFAULTS } from './outbox-defaults';

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
    routeByField: pgIdentifier.default(OUTBOX_DEFAULTS.routeByField),
    routeTopicRegex: z.string().min(1).max(200).default(OUTBOX_DEFAULTS.routeTopicRegex),
    /** `${name}` and `$1` are groups of the expression. The Kafka sink's topic takes the result as `{routed}`. */
    routeTopicReplacement: z.string().min(1).max(249).default(OUTBOX_DEFAULTS.routeTopicReplacement),
    /** Header `id` of the message; where the table has no such column or it is NULL, Spillway's own event id. */
    fieldEventId: pgIdentifier.default(OUTBOX_DEFAULTS.fieldEventId),
    /** The key of the message: events of one value are delivered in order. */
    fieldEventKey: pgIdentifier.default(OUTBOX_DEFAULTS.fieldEventKey),
    fieldEventPayload: pgIdentifier.default(OUTBOX_DEFAULTS.fieldEventPayload),
    /** The time of the Kafka record; absent = the time at which it is sent. */
    fieldEventTimestamp: pgIdentifier.optional(),
    /** Columns that go beside the payload: with one in the envelope the message is `{"payload": …, "<alias>": …}`. */
    fieldsAdditionalPlacement: z.array(placement).max(30).default([]),
    /** JSON text becomes JSON, byte for byte; otherwise it is a string. */
    expandJsonPayload: z.boolean().default(OUTBOX_DEFAULTS.expandJsonPayload),
    /** An event without a payload is a tombstone: it deletes its key from a compacted topic. */
    routeTombstoneOnEmptyPayload: z.boolean().default(OUTBOX_DEFAULTS.routeTombstoneOnEmptyPayload),
    opInvalidBehavior: z.enum(OP_INVALID_BEHAVIORS).default(OUTBOX_DEFAULTS.opInvalidBehavior),
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
