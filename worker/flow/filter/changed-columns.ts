import { type Change, type Relation, UNCHANGED } from '@/worker/source/source';
import type { Condition } from './filter';

/**
 * Leaves out updates in which none of these columns, and no column of the key, changed. An old value that was not sent is taken as follows:
 * out of line and not sent again = unchanged; a column of the replica identity whose old row was not sent = unchanged (Postgres sends
 * the old identity when it changes); any other = it cannot be told, and the update passes.
 */
export function changedColumns(names: readonly string[]): Condition {
  const places = new WeakMap<Relation, readonly number[]>();
  const reason = `none of ${names.join(', ')} changed`;
  return (change) => {
    if (change.op !== 'u') return null;
    const { relation } = change;
    let indexes = places.get(relation);
    if (!indexes) {
      indexes = placesOf(relation, names);
      places.set(relation, indexes);
    }
    return indexes.some((index) => mayHaveChanged(change, index)) ? null : reason;
  };
}

function placesOf({ columns, schema, table }: Relation, names: readonly string[]): number[] {
  const missing = names.find((name) => !columns.some((column) => column.name === name));
  if (missing !== undefined) throw new Error(`${schema}.${table} has no column "${missing}", which filter.changedColumns names`);
  return columns.flatMap(({ name, primaryKey }, index) => (primaryKey || names.includes(name) ? [index] : []));
}

function mayHaveChanged({ relation, before, beforeKind, after }: Change, index: number): boolean {
  const value = after?.[index];
  if (value === UNCHANGED) return false;
  if (beforeKind === 'full') return before?.[index] !== value;
  if (relation.columns[index]?.identity) return beforeKind === 'key' && before?.[index] !== value;
  return true;
}
