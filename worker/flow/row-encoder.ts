import { type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { encoderOf, unavailableOf } from './value/encoder';
import { jsonString, type TextToJson } from './value/json-text';

/** Rows and keys of one relation as JSON text. */
export interface RowEncoder {
  /** The whole row. Values that were not sent are taken from `old` where it has them, else a placeholder stands for them. */
  row(tuple: Tuple, old: Tuple | null): string;
  /** The key object; null when the table has no key. */
  key(tuple: Tuple): string | null;
  /** True when an old tuple that holds only the replica identity holds the whole key. */
  readonly identityHoldsKey: boolean;
}

interface Field {
  readonly index: number;
  /** `"name":` */
  readonly prefix: string;
  readonly encode: TextToJson;
  readonly unavailable: string;
}

const compiled = new WeakMap<Relation, RowEncoder>();

/** The encoder of a relation, made once per relation object: the source makes a new one when the shape changes. */
export function rowEncoderOf(relation: Relation): RowEncoder {
  let encoder = compiled.get(relation);
  if (!encoder) {
    encoder = compile(relation);
    compiled.set(relation, encoder);
  }
  return encoder;
}

function compile(relation: Relation): RowEncoder {
  const fields = relation.columns.map(
    (column, index): Field => ({
      index,
      prefix: `${jsonString(column.name)}:`,
      encode: encoderOf(column),
      unavailable: unavailableOf(column),
    }),
  );
  const keyFields = keyColumns(relation).flatMap((index) => fields[index] ?? []);
  return {
    row: (tuple, old) => object(fields, tuple, old),
    key: keyFields.length === 0 ? () => null : (tuple) => object(keyFields, tuple, null),
    identityHoldsKey: keyFields.every((field) => relation.columns[field.index]?.identity),
  };
}

/**
 * The primary key. Under REPLICA IDENTITY USING INDEX an old row holds only that index's columns, so the index is the
 * key unless it covers the primary key: every event of a row must carry the same key. FULL marks all columns as
 * identity and so is no key by itself.
 */
function keyColumns(relation: Relation): number[] {
  const indexes = [...relation.columns.keys()];
  const primary = indexes.filter((index) => relation.columns[index]?.primaryKey);
  const identity = indexes.filter((index) => relation.columns[index]?.identity);
  if (relation.replicaIdentity === 'full' || relation.replicaIdentity === 'nothing') return primary;
  const covered = primary.length > 0 && primary.every((index) => relation.columns[index]?.identity);
  return covered || identity.length === 0 ? primary : identity;
}

function object(fields: readonly Field[], tuple: Tuple, old: Tuple | null): string {
  let json = '{';
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as Field;
    let value = tuple[field.index];
    if (value === UNCHANGED && old !== null) value = old[field.index];
    json += at === 0 ? field.prefix : `,${field.prefix}`;
    json += typeof value === 'string' ? field.encode(value) : value === UNCHANGED ? field.unavailable : 'null';
  }
  return `${json}}`;
}
