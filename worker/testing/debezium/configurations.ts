import { DEBEZIUM_DEFAULTS, type DebeziumEnvelopeSpec } from '@/core/spec/flow';

/** A flow in some modes, and the same modes for Debezium: its properties have the same words. */
export interface Configuration {
  readonly name: string;
  readonly flow: DebeziumEnvelopeSpec;
}

const configuration = (name: string, modes: Partial<DebeziumEnvelopeSpec>): Configuration => ({
  name,
  flow: { ...DEBEZIUM_DEFAULTS, ...modes },
});

/** What the declare form starts with: Debezium's defaults but for decimals. The captured stream is of this one. */
export const READABLE = configuration('readable', { decimalHandlingMode: 'string' });
export const TRANSACTIONS = configuration('transactions', { decimalHandlingMode: 'string', transactionMetadata: true });

/** Every value of every mode is in one of these. */
export const CONFIGURATIONS: readonly Configuration[] = [
  READABLE,
  configuration('defaults', {}),
  configuration('isostring', {
    decimalHandlingMode: 'string',
    timePrecisionMode: 'isostring',
    intervalHandlingMode: 'string',
    binaryHandlingMode: 'hex',
    hstoreHandlingMode: 'map',
  }),
  configuration('connect', { decimalHandlingMode: 'double', timePrecisionMode: 'connect', binaryHandlingMode: 'base64-url-safe' }),
  configuration('microseconds', { timePrecisionMode: 'microseconds', binaryHandlingMode: 'base64' }),
  configuration('nanoseconds', { timePrecisionMode: 'nanoseconds', intervalHandlingMode: 'string' }),
  configuration('adaptive_time_microseconds', { timePrecisionMode: 'adaptive_time_microseconds', hstoreHandlingMode: 'map' }),
  TRANSACTIONS,
];

/** A configuration's modes as Debezium's properties. */
export function propertiesOf({ flow }: Configuration): Record<string, string> {
  return {
    'decimal.handling.mode': flow.decimalHandlingMode,
    'time.precision.mode': flow.timePrecisionMode,
    'interval.handling.mode': flow.intervalHandlingMode,
    'binary.handling.mode': flow.binaryHandlingMode,
    'hstore.handling.mode': flow.hstoreHandlingMode,
    'provide.transaction.metadata': String(flow.transactionMetadata),
  };
}
