/* Apart from the schema, which takes its defaults from here, so that a form can begin before it loads what checks it. */

import type { AdditionalField, OutboxSpec } from './outbox-flow';

/** What becomes of an update of an outbox row: left out with a warning or an error in the log, or handed to recovery. */
export const OP_INVALID_BEHAVIORS = ['warn', 'error', 'fatal'] as const;
export const PLACEMENTS = ['header', 'envelope'] as const;

/** Debezium's defaults. */
export const OUTBOX_DEFAULTS = {
  type: 'Outbox',
  routeByField: 'aggregatetype',
  routeTopicRegex: '(?<routedByValue>.*)',
  routeTopicReplacement: 'outbox.event.${routedByValue}',
  fieldEventId: 'id',
  fieldEventKey: 'aggregateid',
  fieldEventPayload: 'payload',
  fieldsAdditionalPlacement: [] as AdditionalField[],
  expandJsonPayload: false,
  routeTombstoneOnEmptyPayload: false,
  opInvalidBehavior: 'warn',
} as const;

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
