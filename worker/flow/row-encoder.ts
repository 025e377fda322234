import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import { type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { encodersIn } from './value/encoder';
import { jsonString, type TextToJson } from './value/json-text';
import { unavailableOf } from './value/unavailable';

/** Rows and keys of one relation as JSON text. */
export interface RowEncoder {
  /** The whole row. Values that were not sent are taken from `old` where it has them; else the placeholder or no field stands for them. */
  row(tuple: Tuple, old: Tuple | null): string;
  /** The key object, by the same rule but never without a field; null when the table has no key. */
  key(tuple: Tuple, old: Tuple | null): string | null;
  /** True when an old tuple that holds only the replica identity holds the whole key. */
  readonly identityHoldsKey: boolean;
}

interface Field {
  readonly index: number;
  /** `"name":` */
  readonly prefix: string;
  readonly encode: TextToJson;
  /** What stands for a value that was not sent; null = no field at all. */
  readonly unavailable: string | null;
}

/** The encoders of relations in the modes of a flow. Each is made once per relation object: the source makes a new one when the shape changes. */
export function rowEncodersIn(modes: DebeziumEnvelopeSpec): (relation: Relation) => RowEncoder {
  const compiled = new WeakMap<Relation, RowEncoder>();
  return (relation) => {
    let encoder = compiled.get(relation);
    if (!encoder) {
      encoder = compile(relation, modes);
      compiled.set(relation, encoder);
    }
    return encoder;
  };
}

function compile(relation: Relation, modes: DebeziumEnvelopeSpec): RowEncoder {
  const encoderOf = encodersIn(modes);
  const fields = relation.columns.map((column, index) => ({
    index,
    prefix: `${jsonString(column.name)}:`,
    encode: encoderOf(column),
    unavailable: unavailableOf(column, modes),
  }));
  const keyFields = keyColumns(relation).flatMap((index) => fields[index] ?? []);
  const rowFields = modes.unchangedToast === 'omit' ? fields.map((field) => ({ ...field, unavailable: null })) : fields;
  return {
    row: (tuple, old) => object(rowFields, tuple, old),
    key: keyFields.length === 0 ? () => null : (tuple, old) => object(keyFields, tuple, old),
    identityHoldsKey: keyFields.every((field) => relation.columns[field.index]?.identity),
  };
}

/**
 * The primary key, in the order in which it was declared. Under REPLICA IDENTITY USING INDEX an old row holds only that index's columns, so the index is the
 * key unless it covers the primary key: every event of a row must carry the same key. FULL marks all columns as
 * identity and so is no key by itself.
 */
export function keyColumns(relation: Relation): number[] {
  const indexes = [...relation.columns.keys()];
  const place = (index: number) => relation.columns[index]?.keyPosition ?? index;
  const primary = indexes.filter((index) => relation.columns[index]?.primaryKey).sort((a, b) => place(a) - place(b));
  const identity = indexes.filter((index) => relation.columns[index]?.identity);
  if (relation.replicaIdentity === 'full' || relation.replicaIdentity === 'nothing') return primary;
  const covered = primary.length > 0 && primary.every((index) => relation.columns[index]?.identity);
  return covered || identity.length === 0 ? primary : identity;
}

function object(fields: readonly Field[], tuple: Tuple, old: Tuple | null): string {
  let json = '';
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as Field;
    let value = tuple[field.index];
    if (value === UNCHANGED && old !== null) value = old[field.index];
    const written = typeof value === 'string' ? field.encode(value) : value === UNCHANGED ? field.unavailable : 'null';
    if (written !== null) json += json === '' ? field.prefix + written : `,${field.prefix}${written}`;
  }
  return `{${json}}`;
}
