import * as z from 'zod';
import { deltaFlow } from './delta-flow';
import { pgIdentifier } from './names';
import { outboxFlow } from './outbox-flow';

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
  decimalHandlingMode: z.enum(DECIMAL_HANDLING_MODES).default('precise'),
  timePrecisionMode: z.enum(TIME_PRECISION_MODES).default('adaptive'),
  intervalHandlingMode: z.enum(INTERVAL_HANDLING_MODES).default('numeric'),
  binaryHandlingMode: z.enum(BINARY_HANDLING_MODES).default('bytes'),
  hstoreHandlingMode: z.enum(HSTORE_HANDLING_MODES).default('json'),
  unchangedToast: z.enum(UNCHANGED_TOAST).default('placeholder'),
  /** Debezium's provide.transaction.metadata: each event names its transaction; BEGIN and END are events of their own. */
  transactionMetadata: z.boolean().default(false),
});
export type DebeziumEnvelopeSpec = z.infer<typeof debeziumEnvelope>;
/** The default flow with Debezium's defaults. */
export const DEBEZIUM_DEFAULTS: DebeziumEnvelopeSpec = debeziumEnvelope.parse({ type: 'DebeziumEnvelope' });

/** FES' flow to Nakadi. */
const nakadiEvent = z.strictObject({
  type: z.literal('PostgresWalToGenericNakadiEvent'),
  /** The column whose JSON object is the event, as in FES; null = no such column: each change of a row is a data change event. */
  payloadColumn: pgIdentifier.nullable().default('payload'),
});
export type NakadiEventSpec = z.infer<typeof nakadiEvent>;
export const NAKADI_DEFAULTS: NakadiEventSpec = nakadiEvent.parse({ type: 'PostgresWalToGenericNakadiEvent' });

export const flowSpec = z.discriminatedUnion('type', [debeziumEnvelope, outboxFlow, deltaFlow, nakadiEvent]);
export type FlowSpec = z.infer<typeof flowSpec>;
export type FlowType = FlowSpec['type'];
