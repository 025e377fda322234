import type { DebeziumEnvelopeSpec, FlowSpec } from '@/core/spec/flow';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow-defaults';
import { OUTBOX_DEFAULTS } from '@/core/spec/outbox-defaults';
import type { OutboxSpec } from '@/core/spec/outbox-flow';

/** What each field of the envelope is about, in a word or two before its value. */
const FIELD_WORDS: Readonly<Record<Exclude<keyof DebeziumEnvelopeSpec, 'type'>, string>> = {
  decimalHandlingMode: 'decimals',
  timePrecisionMode: 'times',
  intervalHandlingMode: 'intervals',
  binaryHandlingMode: 'bytes',
  hstoreHandlingMode: 'hstore',
  unchangedToast: 'unchanged large values',
  transactionMetadata: 'transaction metadata',
};

/** The settings of an outbox that are texts, by what they are about. */
const OUTBOX_COLUMNS = [
  ['fieldEventPayload', 'payload'],
  ['fieldEventKey', 'key'],
  ['routeByField', 'routed by'],
  ['routeTopicRegex', 'matching'],
  ['routeTopicReplacement', 'to'],
  ['fieldEventId', 'id'],
  ['fieldEventTimestamp', 'time'],
] as const satisfies readonly (readonly [keyof OutboxSpec, string])[];

/** What a flow is, in one line: its name, and what is chosen in it beside its defaults. */
export function shapeWords(flow: FlowSpec): string {
  switch (flow.type) {
    case 'DebeziumEnvelope':
      return `Debezium envelope, ${listed(envelopeWords(flow), "Debezium's defaults")}`;
    case 'Outbox':
      return `Outbox, ${listed(outboxWords(flow), "Debezium's defaults")}`;
    case 'Delta':
      return `Delta by ${flow.aggregateIdField ?? 'primary key'}, version ${flow.versionField ?? 'by commit'}, time ${flow.eventTimeField ?? 'of the commit'}`;
    case 'PostgresWalToGenericNakadiEvent':
      return flow.payloadColumn === null ? 'Nakadi event, the change of the row' : `Nakadi event in ${flow.payloadColumn}`;
  }
}

function envelopeWords(flow: DebeziumEnvelopeSpec): string[] {
  return (Object.keys(FIELD_WORDS) as (keyof typeof FIELD_WORDS)[]).flatMap((field) =>
    flow[field] === DEBEZIUM_DEFAULTS[field] ? [] : [flow[field] === true ? FIELD_WORDS[field] : `${FIELD_WORDS[field]} ${flow[field]}`],
  );
}

function outboxWords(flow: OutboxSpec): string[] {
  const { fieldsAdditionalPlacement: extras } = flow;
  const defaults: OutboxSpec = OUTBOX_DEFAULTS;
  const columns = OUTBOX_COLUMNS.flatMap(([field, words]) => (flow[field] === defaults[field] ? [] : [`${words} ${flow[field]}`]));
  return [
    ...columns,
    ...(flow.expandJsonPayload ? ['JSON expanded'] : []),
    ...(flow.routeTombstoneOnEmptyPayload ? ['empty payload is a tombstone'] : []),
    ...(flow.opInvalidBehavior === defaults.opInvalidBehavior ? [] : [`updates ${flow.opInvalidBehavior}`]),
    ...(extras.length > 0 ? [`${extras.map(({ field, placement }) => `${field} in the ${placement}`).join(', ')}`] : []),
  ];
}

function listed(words: readonly string[], none: string): string {
  return words.length > 0 ? words.join(', ') : none;
}
