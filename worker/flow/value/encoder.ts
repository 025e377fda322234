import type { Column } from '@/worker/source/source';
import { array } from './array';
import { bits, bytea, point } from './binary';
import { date, interval, time, timestamp, timestamptz, timetz } from './date-time';
import { hstore } from './hstore';
import { boolean, float, integer, jsonString, type TextToJson } from './json-text';
import { money, numeric } from './money';

const plain = (encoder: TextToJson) => () => encoder;

/**
 * By pg_type.typname; each entry takes atttypmod. What is missing here (enums, ranges, inet, uuid, xml, json,
 * composites, types of extensions) comes as its text, verbatim.
 */
const BY_TYPE = new Map<string, (typeModifier: number) => TextToJson>([
  ['int2', plain(integer)],
  ['int4', plain(integer)],
  ['int8', plain(integer)],
  ['oid', plain(integer)],
  ['bool', plain(boolean)],
  ['float4', plain(float)],
  ['float8', plain(float)],
  ['numeric', plain(numeric)],
  ['money', plain(money)],
  ['date', plain(date)],
  ['interval', plain(interval)],
  ['timetz', plain(timetz)],
  ['time', (modifier) => time(precisionOf(modifier))],
  ['timestamp', (modifier) => timestamp(precisionOf(modifier))],
  ['timestamptz', (modifier) => timestamptz(precisionOf(modifier))],
  ['bit', bits],
  ['varbit', bits],
  ['bytea', plain(bytea)],
  ['point', plain(point)],
  ['hstore', plain(hstore)],
]);

/** Fractional digits of a time type: its modifier, or 6 when none is declared. */
function precisionOf(typeModifier: number): number {
  return typeModifier < 0 ? 6 : typeModifier;
}

function scalar(typeName: string, typeModifier: number): TextToJson {
  return BY_TYPE.get(typeName)?.(typeModifier) ?? jsonString;
}

/** How a column's text becomes JSON. */
export function encoderOf(column: Pick<Column, 'typeName' | 'typeModifier'>): TextToJson {
  const { typeName, typeModifier } = column;
  if (!typeName.startsWith('_')) return scalar(typeName, typeModifier);
  // box is the one built-in type whose arrays are delimited by a semicolon (pg_type.typdelim).
  return array(scalar(typeName.slice(1), typeModifier), typeName === '_box' ? ';' : ',');
}

/** Debezium's `unavailable.value.placeholder`: an unchanged out-of-line value that the server did not send. */
export const UNAVAILABLE = '__debezium_unavailable_value';

/** The placeholder in the shape of the column: bytes as base64, hstore as one pair, arrays as one element. */
export function unavailableOf(column: Pick<Column, 'typeName'>): string {
  if (column.typeName === 'bytea') return `"${Buffer.from(UNAVAILABLE).toString('base64')}"`;
  if (column.typeName === 'hstore') return JSON.stringify(JSON.stringify({ [UNAVAILABLE]: UNAVAILABLE }));
  return column.typeName.startsWith('_') ? `["${UNAVAILABLE}"]` : `"${UNAVAILABLE}"`;
}
