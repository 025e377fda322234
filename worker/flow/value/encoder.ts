import type { Column } from '@/worker/source/source';
import { array } from './array';
import { bits, bytea, point } from './binary';
import { temporal, timestamptz, timetz } from './date-time';
import { money, numeric } from './decimal';
import { hstore } from './hstore';
import { interval } from './interval';
import { boolean, float, integer, jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

export type ShapedColumn = Pick<Column, 'typeName' | 'typeModifier'>;

/** How a column's text becomes JSON in these modes. */
export function encodersIn(modes: ValueModes): (column: ShapedColumn) => TextToJson {
  const byType = scalarsIn(modes);
  const scalar = (typeName: string, typeModifier: number) => byType.get(typeName)?.(typeModifier) ?? jsonString;
  return ({ typeName, typeModifier }) => {
    if (!typeName.startsWith('_')) return scalar(typeName, typeModifier);
    // box is the one built-in type whose arrays are delimited by a semicolon (pg_type.typdelim).
    return array(scalar(typeName.slice(1), typeModifier), typeName === '_box' ? ';' : ',');
  };
}

const plain = (encoder: TextToJson) => () => encoder;

/**
 * By pg_type.typname; each entry takes atttypmod. What is missing here (enums, ranges, inet, uuid, xml, json,
 * composites, types of extensions) comes as its text, verbatim.
 */
function scalarsIn(modes: ValueModes): Map<string, (typeModifier: number) => TextToJson> {
  const { date, time, timestamp } = temporal(modes.timePrecisionMode);
  return new Map<string, (typeModifier: number) => TextToJson>([
    ['int2', plain(integer)],
    ['int4', plain(integer)],
    ['int8', plain(integer)],
    ['oid', plain(integer)],
    ['bool', plain(boolean)],
    ['float4', plain(float)],
    ['float8', plain(float)],
    ['numeric', (modifier) => numeric(modes.decimalHandlingMode, modifier)],
    ['money', plain(money(modes.decimalHandlingMode))],
    ['date', plain(date)],
    ['interval', plain(interval(modes.intervalHandlingMode))],
    ['timetz', plain(timetz)],
    ['time', (modifier) => time(precisionOf(modifier))],
    ['timestamp', (modifier) => timestamp(precisionOf(modifier))],
    ['timestamptz', (modifier) => timestamptz(precisionOf(modifier))],
    ['bit', bits],
    ['varbit', bits],
    ['bytea', plain(bytea(modes.binaryHandlingMode))],
    ['point', plain(point)],
    ['hstore', plain(hstore(modes.hstoreHandlingMode))],
  ]);
}

/** Fractional digits of a time type: its modifier, or 6 when none is declared. */
export function precisionOf(typeModifier: number): number {
  return typeModifier < 0 ? 6 : typeModifier;
}
