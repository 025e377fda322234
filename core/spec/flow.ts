import * as z from 'zod';
import { deltaFlow } from './delta-flow';
import { DEBEZIUM_DEFAULTS, NAKADI_DEFAULTS } from './flow-defaults';
import { pgIdentifier } from './names';
import { outboxFlow } from './outbox-flow';

export { DEBEZIUM_DEFAULTS, NAKADI_DEFAULTS } from './flow-defaults';

/** How numeric and money are written. Names and meaning are Debezium's decimal.handling.mode. */
export const DECIMAL_HANDLING_MODES = ['precise', 'double', 'string'] as const;
/** How dates and times are written. Names and meaning are Debezium's time.precision.mode. */
export const TIME_PRECISION_MODES = [
  'adaptive',
  'adaptive_time_microseconds',
  'connect',
  'isostring',
  'microseconds',
  'nanoseconds',
] as const;
/** How interval is written. Names and meaning are Debezium's interval.handling.mode. */
export const INTERVAL_HANDLING_MODES = ['numeric', 'string'] as const;
/** How bytea is written. Names and meaning are Debezium's binary.handling.mode; in JSON `bytes` and `base64` look the same. */
export const BINARY_HANDLING_MODES = ['bytes', 'base64', 'base64-url-safe', 'hex'] as const;
/** How hstore is written. Names and meaning are Debezium's hstore.handling.mode. */
export const HSTORE_HANDLING_MODES = ['json', 'map'] as const;
/**
 * What stands for a value that the server did not send because it is stored out of line and unchanged (TOAST): Debezium's placeholder,
 * no field at all, or the present value, read from the table when the event is made.
 */
export const UNCHANGED_TOAST = ['placeholder', 'omit', 'reselect'] as const;

/** Debezium's change event, JSON without schema: {before, after, source, op, ts_ms, …}. Defaults are Debezium's. */
const debeziumEnvelope = z.strictObject({
  type: z.literal('DebeziumEnvelope'),
  decimalHandlingMode: z.enum(DECIMAL_HANDLING_MODES).default(DEBEZIUM_DEFAULTS.decimalHandlingMode),
  timePrecisionMode: z.enum(TIME_PRECISION_MODES).default(DEBEZIUM_DEFAULTS.timePrecisionMode),
  intervalHandlingMode: z.enum(INTERVAL_HANDLING_MODES).default(DEBEZIUM_DEFAULTS.intervalHandlingMode),
  binaryHandlingMode: z.enum(BINARY_HANDLING_MODES).default(DEBEZIUM_DEFAULTS.binaryHandlingMode),
  hstoreHandlingMode: z.enum(HSTORE_HANDLING_MODES).default(DEBEZIUM_DEFAULTS.hstoreHandlingMode),
  unchangedToast: z.enum(UNCHANGED_TOAST).default(DEBEZIUM_DEFAULTS.unchangedToast),
  /** Debezium's provide.transaction.metadata: each event names its transaction; BEGIN and END are events of their own. */
  transactionMetadata: z.boolean().default(DEBEZIUM_DEFAULTS.transactionMetadata),
});
export type DebeziumEnvelopeSpec = z.infer<typeof debeziumEnvelope>;

/** FES' flow to Nakadi. */
const nakadiEvent = z.strictObject({
  type: z.literal('PostgresWalToGenericNakadiEvent'),
  /** The column whose JSON object is the event, as in FES; null = no such column: each change of a row is a data change event. */
  payloadColumn: pgIdentifier.nullable().default(NAKADI_DEFAULTS.payloadColumn),
});
export type NakadiEventSpec = z.infer<typeof nakadiEvent>;

export const flowSpec = z.discriminatedUnion('type', [debeziumEnvelope, outboxFlow, deltaFlow, nakadiEvent]);
export type FlowSpec = z.infer<typeof flowSpec>;
export type FlowType = FlowSpec['type'];
