import type { ConnectSchema } from '@/worker/flow/flow';
import type { JsonValue } from './json-value';

/** A value that its schema has no room for. The message names the field and never the value: it is row data. */
export class DoesNotFit extends Error {
  override readonly name = 'DoesNotFit';
  constructor(
    readonly field: string,
    readonly remedy: string,
    what: string,
  ) {
    super(`${field} ${what}`);
  }
}

const PLACEHOLDER = '__debezium_unavailable_value';

/** Throws DoesNotFit. */
export function refuse(path: string, schema: ConnectSchema, value: JsonValue | undefined): never {
  const field = path || 'The value';
  if (value === PLACEHOLDER || (Array.isArray(value) && value[0] === PLACEHOLDER))
    throw new DoesNotFit(
      field,
      'Set flow.unchangedToast to reselect.',
      'was not sent by the server, and its type has no room for the placeholder',
    );
  const type = schema.name ?? schema.type;
  const known: Record<string, string> = { special: `is no number that ${type} can hold (NaN or an infinity)` };
  const special = typeof value === 'object' && value !== null && 'special' in value;
  const what = (special && known.special) || (value === null || value === undefined ? 'has no value' : `cannot be written as ${type}`);
  throw new DoesNotFit(field, 'Choose another format or another mode of the flow, or leave the column out of the stream.', what);
}

const DIGITS = /^-?\d+$/;
const INT64 = 1n << 63n;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

export function booleanOf(value: JsonValue, schema: ConnectSchema, path: string): boolean {
  return typeof value === 'boolean' ? value : refuse(path, schema, value);
}

/** int16 and int32. */
export function intOf(value: JsonValue, schema: ConnectSchema, path: string): number {
  const limit = schema.type === 'int16' ? 0x8000 : 0x80000000;
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit ? value : refuse(path, schema, value);
}

/** int64: a number where it is safe, else a bigint. */
export function longOf(value: JsonValue, schema: ConnectSchema, path: string): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'string' || !DIGITS.test(value)) return refuse(path, schema, value);
  const whole = BigInt(value);
  return whole >= -INT64 && whole < INT64 ? whole : refuse(path, schema, value);
}

/** float and double; JSON has no name for what is not finite, so it comes as a string. */
export function doubleOf(value: JsonValue, schema: ConnectSchema, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return refuse(path, schema, value);
  if (DIGITS.test(value)) return Number(value);
  return NOT_FINITE[value] ?? refuse(path, schema, value);
}

export function stringOf(value: JsonValue, schema: ConnectSchema, path: string): string {
  return typeof value === 'string' ? value : refuse(path, schema, value);
}

export function bytesOf(value: JsonValue, schema: ConnectSchema, path: string): Buffer {
  return typeof value === 'string' && BASE64.test(value) ? Buffer.from(value, 'base64') : refuse(path, schema, value);
}

export function arrayOf(value: JsonValue, schema: ConnectSchema, path: string): readonly JsonValue[] {
  return Array.isArray(value) ? value : refuse(path, schema, value);
}

export function objectOf(value: JsonValue, schema: ConnectSchema, path: string): { readonly [name: string]: JsonValue } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, schema, value);
  const object = value as { readonly [name: string]: JsonValue };
  // What stands for a number that is none (value/decimal.ts).
  const isSpecial = 'special' in object && schema.type === 'struct' && schema.fields.every(({ field }) => field !== 'special');
  return isSpecial ? refuse(path, schema, value) : object;
}
