import { DEBEZIUM_DEFAULTS, type DebeziumEnvelopeSpec, type FlowSpec } from '@/core/spec/flow';

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

/** What a flow is, in one line: its name, and what is not as Debezium has it by default. */
export function shapeWords(flow: FlowSpec): string {
  if (flow.type !== 'DebeziumEnvelope') return flow.type;
  const chosen = (Object.keys(FIELD_WORDS) as (keyof typeof FIELD_WORDS)[]).flatMap((field) =>
    flow[field] === DEBEZIUM_DEFAULTS[field] ? [] : [flow[field] === true ? FIELD_WORDS[field] : `${FIELD_WORDS[field]} ${flow[field]}`],
  );
  return `Debezium envelope, ${chosen.length > 0 ? chosen.join(', ') : "Debezium's defaults"}`;
}
