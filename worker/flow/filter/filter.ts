import type { EventFilter } from '@/core/spec/filter';
import type { Change } from '@/worker/source/source';
import { changedColumns } from './changed-columns';

/** Why a change is left out; null when it passes. A throw is poison. */
export type Condition = (change: Change) => string | null;

/**
 * The conditions of a spec, in the order changedColumns, cel, jsonPath; the first that does not hold gives the reason. Only changes of rows
 * are asked about. Loads the languages that are used. Rejects with CelTrouble or JsonPathTrouble when an expression does not compile.
 */
export async function createFilter({ changedColumns: columns, cel, jsonPath }: EventFilter): Promise<Condition> {
  const conditions: Condition[] = [];
  if (columns) conditions.push(changedColumns(columns));
  if (cel !== undefined) conditions.push((await import('./cel')).celCondition(cel));
  if (jsonPath !== undefined) conditions.push((await import('./json-path')).jsonPathCondition(jsonPath));
  return (change) => {
    if (!isRow(change)) return null;
    for (const condition of conditions) {
      const reason = condition(change);
      if (reason !== null) return reason;
    }
    return null;
  };
}

/** A change of one row: no truncate, no message, no end of a transaction. */
export function isRow({ op, position }: Change): boolean {
  return position.boundary === undefined && op !== 't' && op !== 'm';
}
