import { createHash } from 'node:crypto';
import type { ColumnTransform } from '@/core/spec/filter-transform';
import type { Change, Column, ColumnValue, CutValue, Relation, Tuple } from '@/worker/source/source';
import { isRow } from './filter';

/** Text column of a masked value: pg_type of text. */
const TEXT = { typeOid: 25, typeModifier: -1, typeName: 'text' } as const;

/** A column of the message: where it is in the row, and what its values become. */
interface Kept {
  readonly index: number;
  readonly write: Write | null;
}
interface Plan {
  readonly relation: Relation;
  readonly kept: readonly Kept[];
}

/**
 * Leaves out, masks and hashes columns, in the old row and the new one alike. NULL stays NULL, a value that was not sent stays so. Throws (poison)
 * where a named column does not exist or is of the key and may not be touched: what is to be hidden never slips past.
 */
export function columnChanger(transform: ColumnTransform): (change: Change) => Change {
  const plans = new WeakMap<Relation, Plan>();
  return (change) => {
    if (!isRow(change)) return change;
    let plan = plans.get(change.relation);
    if (!plan) {
      plan = planFor(change.relation, transform);
      plans.set(change.relation, plan);
    }
    const { relation, kept } = plan;
    const cut = change.cut?.flatMap((value) => cutOf(value, kept));
    const { lsn, position, before, after } = change;
    const changed = { ...change, lsn, position, relation, before: tupleOf(before, kept), after: tupleOf(after, kept) };
    return cut ? { ...changed, cut } : changed;
  };
}

function planFor(relation: Relation, transform: ColumnTransform): Plan {
  refuseMissing(relation, transform);
  const columns: Column[] = [];
  const kept: Kept[] = [];
  for (const [index, column] of relation.columns.entries()) {
    const write = writerOf(column, relation, transform);
    if (write === 'out') continue;
    kept.push({ index, write });
    columns.push(write ? { ...column, ...TEXT } : column);
  }
  return { relation: { ...relation, columns }, kept };
}

type Write = (text: string) => string;

function writerOf(column: Column, relation: Relation, { include, exclude, mask, hash }: ColumnTransform): Write | null | 'out' {
  const { name } = column;
  const inKey = isOfKey(column, relation);
  const refuse = (use: string): never => {
    const why = 'it is of the key, by which events are ordered and found';
    throw new Error(`transform.${use} names "${name}", and ${why}${use === 'hash' ? ': set hash.keys to hash it all the same' : ''}`);
  };
  if (exclude?.includes(name)) return inKey ? refuse('exclude') : 'out';
  if (mask?.columns.includes(name)) return inKey ? refuse('mask') : () => mask.text;
  if (hash?.columns.includes(name)) return inKey && !hash.keys ? refuse('hash') : (text) => hashOf(hash.salt, text);
  return include && !include.includes(name) && !inKey ? 'out' : null;
}

/** Under FULL every column is marked as identity, and only the primary key is one. */
function isOfKey({ primaryKey, identity }: Column, { replicaIdentity }: Relation): boolean {
  return primaryKey || (identity && replicaIdentity !== 'full');
}

function refuseMissing({ columns, schema, table }: Relation, { include, exclude, mask, hash }: ColumnTransform): void {
  for (const [use, names] of Object.entries({ include, exclude, mask: mask?.columns, hash: hash?.columns })) {
    const missing = names?.find((name) => !columns.some((column) => column.name === name));
    if (missing !== undefined) throw new Error(`${schema}.${table} has no column "${missing}", which transform.${use} names`);
  }
}

/** As Debezium's column.mask.hash.v2.SHA-256.with.salt: SHA-256 of the salt's bytes and then the value's, in lower-case hexadecimal. */
function hashOf(salt: string, text: string): string {
  return createHash('sha256').update(salt).update(text).digest('hex');
}

function tupleOf(tuple: Tuple | null, kept: readonly Kept[]): Tuple | null {
  return tuple?.length
    ? kept.map(({ index, write }): ColumnValue => {
        const value = tuple[index] ?? null;
        return write && typeof value === 'string' ? write(value) : value;
      })
    : tuple;
}

function cutOf(value: CutValue, kept: readonly Kept[]): CutValue[] {
  const column = kept.findIndex(({ index }) => index === value.column);
  return column < 0 ? [] : [{ ...value, column, preview: kept[column]?.write ? '' : value.preview }];
}
