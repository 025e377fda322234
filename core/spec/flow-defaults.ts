/* Apart from the schemas, which take their defaults from here, so that a form can begin before it loads what checks it. */

/** The default flow with Debezium's defaults. */
export const DEBEZIUM_DEFAULTS = {
  type: 'DebeziumEnvelope',
  decimalHandlingMode: 'precise',
  timePrecisionMode: 'adaptive',
  intervalHandlingMode: 'numeric',
  binaryHandlingMode: 'bytes',
  hstoreHandlingMode: 'json',
  unchangedToast: 'placeholder',
  transactionMetadata: false,
} as const;

/** FES' flow to Nakadi with the column it names. */
export const NAKADI_DEFAULTS = { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' } as const;
