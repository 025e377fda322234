import { NumberText } from '../debezium/lossless-json';

/** A column of the table that is written to, as its own catalog has it. */
export interface TargetColumn {
  readonly name: string;
  /** pg_type.typname. */
  readonly type: string;
  /** atttypmod; −1 = none. */
  readonly modifier: number;
}

/** What Debezium puts for a value that the server did not send (unavailable.value.placeholder). */
const UNAVAILABLE = '__debezium_unavailable_value';
export const isUnavailable = (value: unknown): boolean => value === UNAVAILABLE;

/**
 * A value of a change event without schema, in Debezium's default modes but intervals as ISO text, as text that the column's type reads.
 * Written from Debezium's documentation of its Postgres connector's data types, not from what Spillway does.
 */
export function textOf(value: unknown, { type, modifier }: Pick<TargetColumn, 'type' | 'modifier'>): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return arrayText(value.map((each) => textOf(each, { type: type.slice(1), modifier })));
  switch (type) {
    case 'numeric':
      return decimal(value, modifier);
    case 'bytea':
      return `\\x${Buffer.from(string(value), 'base64').toString('hex')}`;
    case 'date':
      return iso(BigInt(digits(value)) * 86_400_000_000n).slice(0, 10);
    case 'timestamp':
      return iso(micros(value, modifier));
    case 'time':
      return iso(micros(value, modifier)).slice(11);
    default:
      return value instanceof NumberText ? value.text : typeof value === 'boolean' ? String(value) : string(value);
  }
}

/** io.debezium.time.Timestamp and Time (milliseconds) up to three digits, MicroTimestamp and MicroTime above. */
function micros(value: unknown, modifier: number): bigint {
  const number = BigInt(digits(value));
  return modifier >= 0 && modifier <= 3 ? number * 1000n : number;
}

/** org.apache.kafka.connect.data.Decimal where a scale is declared, io.debezium.data.VariableScaleDecimal elsewhere. */
function decimal(value: unknown, modifier: number): string {
  if (typeof value === 'string') return scaled(value, (modifier - 4) & 0xffff);
  const { scale, value: unscaled } = value as { scale: NumberText; value: string };
  return scaled(unscaled, Number(scale.text));
}

function scaled(base64: string, scale: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const figures = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = figures.slice(0, figures.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${figures.slice(-scale)}` : ''}`;
}

function iso(microseconds: bigint): string {
  const second = 1_000_000n;
  const fraction = ((microseconds % second) + second) % second;
  const at = new Date(Number((microseconds - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${at.replace('T', ' ')}.${String(fraction).padStart(6, '0')}`;
}

function arrayText(elements: readonly (string | null)[]): string {
  const quoted = elements.map((text) => (text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`));
  return `{${quoted.join(',')}}`;
}

function digits(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  throw new Error(`${JSON.stringify(value)} is not the number that stands for a date or a time`);
}
function string(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${JSON.stringify(value)} is not the text that was expected`);
}
