import type { DeltaSpec } from '@/core/spec/delta-flow';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { type Change, type Column, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { keyColumns } from './row-encoder';
import { epochMicroseconds } from './value/date-time';
import { encodersIn } from './value/encoder';
import { integer, jsonString, type TextToJson } from './value/json-text';

const jsonOf = encodersIn({ ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string', timePrecisionMode: 'microseconds' });

/** Rows of one relation as the parts of a delta. */
export interface DeltaRow {
  /** JSON of the aggregate id; null when it was not sent or is NULL. `old` has what the new row does not. */
  id(row: Tuple, old: Tuple | null): string | null;
  /** `"key":{…}` of the row within its aggregate; empty where the aggregate id is the key itself. */
  key(row: Tuple, old: Tuple | null): string;
  /** Whether the row moved to another aggregate or has another key, as far as the old row that was sent can tell. */
  moved(change: Pick<Change, 'before' | 'beforeKind'>, after: Tuple): boolean;
  /** The named version, null when it was not sent or is NULL; undefined when none is named. Throws when it is no whole number. */
  version(row: Tuple): string | null | undefined;
  /** The named event time; null when none is named. Throws when it is NULL or no time. */
  timeUs(row: Tuple): bigint | null;
  /** The columns that are not in the envelope: those that differ from `old`, or without it all that were sent. */
  set(row: Tuple, old: Tuple | null): string;
  /** All of them, as the new row and the old one have them. */
  whole(row: Tuple, old: Tuple | null): string;
}

/** Finds the columns by name, once per relation object. Throws when one is missing. */
export function deltaRowsOf(spec: DeltaSpec): (relation: Relation) => DeltaRow {
  const compiled = new WeakMap<Relation, DeltaRow>();
  return (relation) => {
    let row = compiled.get(relation);
    if (!row) {
      row = compile(relation, spec);
      compiled.set(relation, row);
    }
    return row;
  };
}

interface Field {
  readonly index: number;
  readonly column: Column;
  /** `"name":` */
  readonly prefix: string;
  readonly encode: TextToJson;
}

function compile(relation: Relation, spec: DeltaSpec): DeltaRow {
  const fields = relation.columns.map((column, index) => ({
    index,
    column,
    prefix: `${jsonString(column.name)}:`,
    encode: encoderOf(column),
  }));
  const named = (setting: string, name: string | undefined): Field | null => {
    if (name === undefined) return null;
    const field = fields.find(({ column }) => column.name === name);
    if (!field) throw new Error(`the table has no column "${name}", which ${setting} names`);
    return field;
  };
  const aggregate = named('aggregateIdField', spec.aggregateIdField);
  const version = named('versionField', spec.versionField);
  const time = named('eventTimeField', spec.eventTimeField);
  const keyFields = keyColumns(relation).flatMap((index) => fields[index] ?? []);
  const idFields = aggregate ? [aggregate] : keyFields;
  if (idFields.length === 0) throw new Error('the table has no primary key: name a column in aggregateIdField');
  const within = aggregate && !(keyFields.length === 1 && keyFields[0] === aggregate) ? keyFields : [];
  const rest = fields.filter((field) => ![...idFields, ...within, version, time].includes(field));
  const id = (row: Tuple, old: Tuple | null) => {
    const [first] = idFields;
    if (idFields.length === 1 && first) return jsonAt(first, row, old);
    const values = idFields.map((field) => jsonAt(field, row, old));
    return values.includes(null) ? null : object(idFields, row, old);
  };
  const identity = [idFields, keyFields].filter((each) => each.length > 0 && each.every(({ column }) => column.identity));
  return {
    id,
    key: (row, old) => (within.length === 0 ? '' : `"key":${object(within, row, old)}`),
    moved: ({ before, beforeKind }, after) => {
      if (before === null) return false;
      const known = beforeKind === 'full' ? [idFields, keyFields] : identity;
      return known.some((each) => object(each, before, null) !== object(each, after, before));
    },
    version: (row) => (version ? versionOf(row, version) : undefined),
    timeUs: (row) => (time ? timeOf(row, time) : null),
    set: (row, old) =>
      object(
        rest.filter(({ index }) => row[index] !== UNCHANGED && (old === null || row[index] !== old[index])),
        row,
        null,
      ),
    whole: (row, old) =>
      object(
        rest.filter(({ index }) => row[index] !== UNCHANGED || old !== null),
        row,
        old,
      ),
  };
}

/** Times are microseconds since the epoch: the shortest form that keeps every digit. */
function encoderOf(column: Column): TextToJson {
  if (column.typeName !== 'timestamptz') return jsonOf(column);
  return (text) => String(epochMicroseconds(text) ?? jsonString(text));
}

function object(fields: readonly Field[], row: Tuple, old: Tuple | null): string {
  return `{${fields.map((field) => `${field.prefix}${jsonAt(field, row, old) ?? 'null'}`).join(',')}}`;
}

/** JSON; null = NULL or not sent. */
function jsonAt({ index, encode }: Field, row: Tuple, old: Tuple | null): string | null {
  const sent = row[index];
  const text = sent === UNCHANGED ? old?.[index] : sent;
  return typeof text === 'string' ? encode(text) : null;
}

/** Of an old row that holds only the replica identity it may not be there. */
function versionOf(row: Tuple, { index, column, encode }: Field): string | null {
  const text = row[index];
  if (typeof text !== 'string') return null;
  if (encode !== integer) throw new Error(`the version "${column.name}" is no whole number`);
  return encode(text);
}

function timeOf(row: Tuple, { index, column }: Field): bigint {
  const text = row[index];
  const us = typeof text === 'string' ? epochMicroseconds(text) : null;
  if (us === null) throw new Error(`the event time "${column.name}" is NULL or no time`);
  return us;
}
