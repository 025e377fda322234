import type { DebeziumEnvelopeSpec } from './flow';

/** A value of a column as Postgres prints it, and the JSON that a mode makes of it. */
export interface ModeExample {
  /** The type as a table declares it. */
  readonly type: string;
  /** pg_type.typname and atttypmod of it. */
  readonly typeName: string;
  readonly typeModifier: number;
  readonly text: string;
  readonly json: string;
}

/** Modes that say how a value is written. */
type ValueModes = Omit<DebeziumEnvelopeSpec, 'type' | 'unchangedToast' | 'transactionMetadata'>;
export type ModeExamples = { readonly [M in keyof ValueModes]: Readonly<Record<ValueModes[M], ModeExample>> };

const price = (json: string): ModeExample => ({ type: 'numeric(10,2)', typeName: 'numeric', typeModifier: 655366, text: '12.50', json });
const moment = (json: string): ModeExample => ({
  type: 'timestamp',
  typeName: 'timestamp',
  typeModifier: -1,
  text: '2026-03-01 12:30:00.25',
  json,
});
const hour = (json: string): ModeExample => ({ type: 'time(0)', typeName: 'time', typeModifier: 0, text: '12:30:00', json });
const span = (json: string): ModeExample => ({
  type: 'interval',
  typeName: 'interval',
  typeModifier: -1,
  text: '1 day 02:30:00',
  json,
});
const bytes = (json: string): ModeExample => ({ type: 'bytea', typeName: 'bytea', typeModifier: -1, text: '\\xfbff10', json });
const pairs = (json: string): ModeExample => ({ type: 'hstore', typeName: 'hstore', typeModifier: -1, text: '"size"=>"L"', json });

/** One real value for each mode, the same within a group. A test of the flow holds them to what it writes. */
export const MODE_EXAMPLES: ModeExamples = {
  decimalHandlingMode: { precise: price('"BOI="'), double: price('12.5'), string: price('"12.50"') },
  timePrecisionMode: {
    adaptive: moment('1772368200250000'),
    adaptive_time_microseconds: hour('45000000000'),
    connect: moment('1772368200250'),
    isostring: moment('"2026-03-01T12:30:00.25Z"'),
    microseconds: moment('1772368200250000'),
    nanoseconds: moment('1772368200250000000'),
  },
  intervalHandlingMode: { numeric: span('95400000000'), string: span('"P0Y0M1DT2H30M0S"') },
  binaryHandlingMode: {
    bytes: bytes('"+/8Q"'),
    base64: bytes('"+/8Q"'),
    'base64-url-safe': bytes('"-_8Q"'),
    hex: bytes('"fbff10"'),
  },
  hstoreHandlingMode: { json: pairs('"{\\"size\\":\\"L\\"}"'), map: pairs('{"size":"L"}') },
};
