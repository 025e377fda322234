import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import type { Column } from '@/worker/source/source';
import type { ConnectSchema, ScalarSchema } from '../flow';

type Modes = Pick<
  DebeziumEnvelopeSpec,
  'decimalHandlingMode' | 'timePrecisionMode' | 'intervalHandlingMode' | 'binaryHandlingMode' | 'hstoreHandlingMode'
>;
type ShapedColumn = Pick<Column, 'typeName' | 'typeModifier'>;

/**
 * What a column's values are like in these modes, by Debezium's types and names of meaning (`io.debezium.time.*`,
 * `org.apache.kafka.connect.data.*`). The twin of value/encoder.ts, which writes the values. Always optional: a stream does not learn
 * whether a column is NOT NULL, and an old row often holds its key only.
 */
export function columnSchemasIn(modes: Modes): (column: ShapedColumn) => ConnectSchema {
  const byType = scalarsIn(modes);
  const scalar = (typeName: string, typeModifier: number) => byType.get(typeName)?.(typeModifier) ?? STRING;
  return ({ typeName, typeModifier }) =>
    typeName.startsWith('_')
      ? { type: 'array', items: scalar(typeName.slice(1), typeModifier), optional: true }
      : scalar(typeName, typeModifier);
}

type ByModifier = (typeModifier: number) => ConnectSchema;

const plain = (type: ScalarSchema['type']): ScalarSchema => ({ type, optional: true });
const meant = (type: ScalarSchema['type'], name: string, parameters?: Record<string, string>): ScalarSchema => ({
  type,
  optional: true,
  name,
  version: 1,
  ...(parameters ? { parameters } : {}),
});
const STRING = plain('string');
const always =
  (schema: ConnectSchema): ByModifier =>
  () =>
    schema;

function scalarsIn(modes: Modes): Map<string, ByModifier> {
  const { date, time, timestamp } = temporal(modes.timePrecisionMode);
  const json = meant('string', 'io.debezium.data.Json');
  const text: ConnectSchema = { type: 'map', keys: { type: 'string', optional: false }, values: STRING, optional: true };
  return new Map<string, ByModifier>([
    ['int2', always(plain('int16'))],
    ['int4', always(plain('int32'))],
    ['int8', always(plain('int64'))],
    ['oid', always(plain('int64'))],
    ['bool', always(plain('boolean'))],
    ['float4', always(plain('float'))],
    ['float8', always(plain('double'))],
    ['numeric', (modifier) => numeric(modes.decimalHandlingMode, modifier)],
    ['money', always(money(modes.decimalHandlingMode))],
    ['date', always(date)],
    ['time', (modifier) => time(precisionOf(modifier))],
    ['timestamp', (modifier) => timestamp(precisionOf(modifier))],
    ['timetz', always(meant('string', 'io.debezium.time.ZonedTime'))],
    ['timestamptz', always(meant('string', 'io.debezium.time.ZonedTimestamp'))],
    [
      'interval',
      always(
        modes.intervalHandlingMode === 'numeric'
          ? meant('int64', 'io.debezium.time.MicroDuration')
          : meant('string', 'io.debezium.time.Interval'),
      ),
    ],
    ['bit', bits],
    ['varbit', bits],
    ['bytea', always(plain(modes.binaryHandlingMode === 'bytes' ? 'bytes' : 'string'))],
    ['json', always(json)],
    ['jsonb', always(json)],
    ['xml', always(meant('string', 'io.debezium.data.Xml'))],
    ['uuid', always(meant('string', 'io.debezium.data.Uuid'))],
    ['tsvector', always(meant('string', 'io.debezium.data.Tsvector'))],
    ['ltree', always(meant('string', 'io.debezium.data.Ltree'))],
    ['point', always(POINT)],
    ['hstore', always(modes.hstoreHandlingMode === 'map' ? text : json)],
  ]);
}

const VARIABLE_SCALE: ConnectSchema = {
  type: 'struct',
  fields: [
    { type: 'int32', optional: false, field: 'scale' },
    { type: 'bytes', optional: false, field: 'value' },
  ],
  optional: true,
  name: 'io.debezium.data.VariableScaleDecimal',
  version: 1,
  doc: 'Variable scaled decimal',
};
const POINT: ConnectSchema = {
  type: 'struct',
  fields: [
    { type: 'double', optional: false, field: 'x' },
    { type: 'double', optional: false, field: 'y' },
    { type: 'bytes', optional: true, field: 'wkb' },
    { type: 'int32', optional: true, field: 'srid' },
  ],
  optional: true,
  name: 'io.debezium.data.geometry.Point',
  version: 1,
  doc: 'Geometry (POINT)',
};

const decimal = (scale: number, precision?: number) =>
  meant('bytes', 'org.apache.kafka.connect.data.Decimal', {
    scale: String(scale),
    ...(precision === undefined ? {} : { 'connect.decimal.precision': String(precision) }),
  });

function numeric(mode: Modes['decimalHandlingMode'], typeModifier: number): ConnectSchema {
  if (mode !== 'precise') return plain(mode === 'double' ? 'double' : 'string');
  if (typeModifier < 0) return VARIABLE_SCALE;
  // numeric_typmod_precision and _scale in numeric.c; a scale may be negative since Postgres 15.
  const packed = typeModifier - 4;
  return decimal(((packed & 0x7ff) ^ 1024) - 1024, (packed >> 16) & 0xffff);
}

function money(mode: Modes['decimalHandlingMode']): ConnectSchema {
  return mode === 'precise' ? decimal(2) : plain(mode === 'double' ? 'double' : 'string');
}

/** One declared bit is a boolean; a varbit without a length is of any. */
function bits(typeModifier: number): ConnectSchema {
  if (typeModifier === 1) return plain('boolean');
  return meant('bytes', 'io.debezium.data.Bits', { length: String(typeModifier < 0 ? 2_147_483_647 : typeModifier) });
}

function precisionOf(typeModifier: number): number {
  return typeModifier < 0 ? 6 : typeModifier;
}

interface Temporal {
  readonly date: ConnectSchema;
  readonly time: (precision: number) => ConnectSchema;
  readonly timestamp: (precision: number) => ConnectSchema;
}

const DEBEZIUM = {
  date: meant('int32', 'io.debezium.time.Date'),
  time: {
    3: meant('int32', 'io.debezium.time.Time'),
    6: meant('int64', 'io.debezium.time.MicroTime'),
    9: meant('int64', 'io.debezium.time.NanoTime'),
  },
  timestamp: {
    3: meant('int64', 'io.debezium.time.Timestamp'),
    6: meant('int64', 'io.debezium.time.MicroTimestamp'),
    9: meant('int64', 'io.debezium.time.NanoTimestamp'),
  },
} as const;
const adaptive = (precision: number) => (precision <= 3 ? 3 : 6);

function temporal(mode: Modes['timePrecisionMode']): Temporal {
  const { date, time, timestamp } = DEBEZIUM;
  switch (mode) {
    case 'adaptive':
      return { date, time: (precision) => time[adaptive(precision)], timestamp: (precision) => timestamp[adaptive(precision)] };
    case 'adaptive_time_microseconds':
      return { date, time: () => time[6], timestamp: (precision) => timestamp[adaptive(precision)] };
    case 'microseconds':
      return { date, time: () => time[6], timestamp: () => timestamp[6] };
    case 'nanoseconds':
      return { date, time: () => time[9], timestamp: () => timestamp[9] };
    case 'connect':
      return {
        date: meant('int32', 'org.apache.kafka.connect.data.Date'),
        time: () => meant('int32', 'org.apache.kafka.connect.data.Time'),
        timestamp: () => meant('int64', 'org.apache.kafka.connect.data.Timestamp'),
      };
    case 'isostring':
      return {
        date: meant('string', 'io.debezium.time.IsoDate'),
        time: () => meant('string', 'io.debezium.time.IsoTime'),
        timestamp: () => meant('string', 'io.debezium.time.IsoTimestamp'),
      };
  }
}
