import { type Change, type Column, type Tuple, UNCHANGED } from '@/worker/source/source';
import type { Flow, OutboundEvent, RowValue } from './flow';

/** A flow whose events carry the values of these columns beside their payload, for a sink that routes by them. */
export function withColumns(flow: Flow, names: readonly string[]): Flow {
  if (names.length === 0) return flow;
  return {
    ...flow,
    transform(change, nowUs) {
      const result = flow.transform(change, nowUs);
      if (result.kind !== 'events') return result;
      return { kind: 'events', events: result.events.map((event) => ({ ...event, columns: valuesFor(event, change, names) })) };
    },
  };
}

/** An event about the row as it was (a delete and its tombstone, also of a changed key) has the old values, any other the new ones. */
function valuesFor(event: OutboundEvent, change: Change, names: readonly string[]): Record<string, RowValue> {
  const { before, after, relation } = change;
  const old = event.op === 'd' || event.payload === null;
  const values: Record<string, RowValue> = {};
  for (const [index, column] of relation.columns.entries()) {
    if (!names.includes(column.name)) continue;
    const sent = change.beforeKind === 'full' || (change.beforeKind === 'key' && column.identity);
    const was = sent ? valueAt(before, index, column) : undefined;
    const is = valueAt(after, index, column);
    const value = old ? (was ?? is) : (is ?? was);
    if (value) values[column.name] = value;
  }
  return values;
}

function valueAt(tuple: Tuple | null, index: number, column: Column): RowValue | undefined {
  const text = tuple?.[index];
  if (text === undefined || text === UNCHANGED) return undefined;
  return { text, json: text === null ? 'null' : jsonOf(column, text) };
}

const INTEGERS = new Set(['int2', 'int4', 'int8', 'oid']);

/** Integers and booleans as JSON has them, all else as text: the same whatever modes the flow's values have. */
function jsonOf({ typeName }: Column, text: string): string {
  if (INTEGERS.has(typeName)) return text;
  if (typeName === 'bool') return text === 't' ? 'true' : 'false';
  return JSON.stringify(text);
}
