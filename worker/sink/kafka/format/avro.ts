import type { ConnectSchema, StructSchema } from '@/worker/flow/flow';
import type { ByteWriter } from './byte-writer';
import { arrayOf, booleanOf, bytesOf, doubleOf, intOf, longOf, objectOf, refuse, stringOf } from './fit';
import type { JsonValue } from './json-value';
import { legalDotted, legalFields } from './names';

/** Decimal precision where none is declared, as Confluent's AvroData has it. */
const ANY_PRECISION = 64;
const SCALARS = {
  boolean: 'boolean',
  int16: 'int',
  int32: 'int',
  int64: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
} as const;
const LOGICAL: Readonly<Record<string, string>> = {
  'org.apache.kafka.connect.data.Date': 'date',
  'org.apache.kafka.connect.data.Time': 'time-millis',
  'org.apache.kafka.connect.data.Timestamp': 'timestamp-millis',
};

/**
 * The Avro schema of a Connect schema, by the conventions of Kafka Connect's Avro converter: `connect.*` properties keep what types mean,
 * what is optional is a union with null first, decimals are the logical type.
 */
export function avroSchema(schema: ConnectSchema): string {
  return JSON.stringify(typeOf({ ...schema, optional: false } as ConnectSchema, new Set()));
}

function typeOf(schema: ConnectSchema, defined: Set<string>): unknown {
  const type = bareType(schema, defined);
  if (!schema.optional) return type;
  return schema.default === undefined ? ['null', type] : [type, 'null'];
}

function bareType(schema: ConnectSchema, defined: Set<string>): unknown {
  switch (schema.type) {
    case 'struct':
      return recordOf(schema, defined);
    case 'array':
      return { type: 'array', items: typeOf(schema.items, defined) };
    case 'map':
      return { type: 'map', values: typeOf(schema.values, defined) };
    default: {
      const base = SCALARS[schema.type];
      const more = { ...meaningOf(schema), ...logicalOf(schema), ...(schema.type === 'int16' ? { 'connect.type': 'int16' } : {}) };
      return Object.keys(more).length === 0 ? base : { type: base, ...more };
    }
  }
}

function recordOf(schema: StructSchema, defined: Set<string>): unknown {
  const full = legalDotted(schema.name ?? 'Record');
  if (defined.has(full)) return full;
  defined.add(full);
  const dot = full.lastIndexOf('.');
  const names = legalFields(schema.fields.map(({ field }) => field));
  return {
    type: 'record',
    name: full.slice(dot + 1),
    ...(dot > 0 ? { namespace: full.slice(0, dot) } : {}),
    fields: schema.fields.map((field, index) => ({
      name: names[index],
      type: typeOf(field, defined),
      ...(field.optional ? { default: field.default ?? null } : {}),
    })),
    ...meaningOf(schema),
  };
}

function meaningOf({ name, version, parameters }: ConnectSchema): Record<string, unknown> {
  return {
    ...(version === undefined ? {} : { 'connect.version': version }),
    ...(parameters ? { 'connect.parameters': parameters } : {}),
    ...(name ? { 'connect.name': name } : {}),
  };
}

function logicalOf({ name, parameters }: ConnectSchema): Record<string, unknown> {
  if (name === undefined) return {};
  if (name !== 'org.apache.kafka.connect.data.Decimal') return LOGICAL[name] ? { logicalType: LOGICAL[name] } : {};
  const scale = Number(parameters?.scale ?? 0);
  const precision = Number(parameters?.['connect.decimal.precision'] ?? ANY_PRECISION);
  // Avro takes no negative scale, and none beyond the precision: then it is plain bytes, and the parameters say the scale.
  return scale >= 0 && scale <= precision ? { logicalType: 'decimal', precision, scale } : {};
}

export type WriteValue = (value: JsonValue | undefined, to: ByteWriter) => void;

/** Writes values of this schema in Avro's binary form. Throws DoesNotFit. */
export function avroWriter(schema: ConnectSchema): WriteValue {
  return writerOf({ ...schema, optional: false } as ConnectSchema, '');
}

function writerOf(schema: ConnectSchema, path: string): WriteValue {
  const write = bareWriter(schema, path);
  if (!schema.optional) return (value, to) => (value === null || value === undefined ? refuse(path, schema, value) : write(value, to));
  const [absent, present] = schema.default === undefined ? [0, 1] : [1, 0];
  return (value, to) => {
    if (value === null || value === undefined) return to.zigzag(absent);
    to.zigzag(present);
    write(value, to);
  };
}

function bareWriter(schema: ConnectSchema, path: string): (value: JsonValue, to: ByteWriter) => void {
  switch (schema.type) {
    case 'struct': {
      const fields = schema.fields.map((field) => ({
        name: field.field,
        write: writerOf(field, path ? `${path}.${field.field}` : field.field),
      }));
      return (value, to) => {
        const object = objectOf(value, schema, path);
        for (const { name, write } of fields) write(object[name], to);
      };
    }
    case 'array': {
      const item = writerOf(schema.items, path);
      return (value, to) => {
        const items = arrayOf(value, schema, path);
        if (items.length > 0) to.zigzag(items.length);
        for (const each of items) item(each, to);
        to.byte(0);
      };
    }
    case 'map': {
      const item = writerOf(schema.values, path);
      return (value, to) => {
        const entries = Object.entries(objectOf(value, schema, path));
        if (entries.length > 0) to.zigzag(entries.length);
        for (const [name, each] of entries) {
          text(name, to);
          item(each, to);
        }
        to.byte(0);
      };
    }
    case 'boolean':
      return (value, to) => to.byte(booleanOf(value, schema, path) ? 1 : 0);
    case 'int16':
    case 'int32':
      return (value, to) => to.zigzag(intOf(value, schema, path));
    case 'int64':
      return (value, to) => {
        const whole = longOf(value, schema, path);
        if (typeof whole === 'number' && Math.abs(whole) < 2 ** 52) to.zigzag(whole);
        else to.zigzag64(BigInt(whole));
      };
    case 'float':
      return (value, to) => to.float(doubleOf(value, schema, path));
    case 'double':
      return (value, to) => to.double(doubleOf(value, schema, path));
    case 'string':
      return (value, to) => text(stringOf(value, schema, path), to);
    case 'bytes':
      return (value, to) => {
        const bytes = bytesOf(value, schema, path);
        to.zigzag(bytes.length);
        to.bytes(bytes);
      };
  }
}

function text(value: string, to: ByteWriter): void {
  const bytes = Buffer.byteLength(value);
  to.zigzag(bytes);
  to.utf8(value, bytes);
}
