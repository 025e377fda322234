import type { CelEvent, CelScalarValue, CelTrouble } from '@/core/spec/filter-cel';
import { type Change, type Column, UNCHANGED } from '@/worker/source/source';
import { columnReaders, newValue, oldValue, type Reader, seenText, sourceOf } from './record';

const INTEGERS = new Set(['int2', 'int4', 'int8', 'oid']);
const FLOATS = new Set(['float4', 'float8']);

/** Integers are int (64 bits), float4 and float8 double, booleans bool, all else string: numeric too, with every digit. */
function readerOf(column: Column): Reader<CelScalarValue> {
  if (INTEGERS.has(column.typeName)) return (text) => BigInt(text);
  if (FLOATS.has(column.typeName)) return Number;
  if (column.typeName === 'bool') return (text) => text === 't';
  return seenText(column);
}

/** What a CEL expression sees of changes of rows; a value that was not sent is missing from its row. */
export function celEvents(): (change: Change) => CelEvent {
  const columnsOf = columnReaders(readerOf);
  const rowOf = (change: Change, seen: typeof newValue) => {
    const row = new Map<string, CelScalarValue>();
    for (const { name, index, read } of columnsOf(change.relation)) {
      const value = seen(change, index);
      if (value !== UNCHANGED && value !== undefined) row.set(name, value === null ? null : read(value));
    }
    return row;
  };
  return (change) => {
    const { txId, lsn, ts_ms, ...place } = sourceOf(change);
    const source = new Map<string, CelScalarValue>(Object.entries({ ...place, lsn, ts_ms, txId: txId === null ? null : BigInt(txId) }));
    const before = change.before && rowOf(change, oldValue);
    return { op: change.op, before, after: change.after && rowOf(change, newValue), source };
  };
}

/** Why an expression failed on a change: a column that the table has and the event has not was not sent. */
export function celTroubleWords({ message, field, at }: CelTrouble, change: Change): string {
  const place = at === null ? '' : ` (at character ${at + 1})`;
  if (field === null || !change.relation.columns.some(({ name }) => name === field)) return `${message}${place}`;
  if (change.op === 'c' || change.op === 'r') return `"${field}" is asked of a row that is not there: an insert has no before${place}`;
  if (change.op !== 'd') return `"${field}": the value was not sent: use REPLICA IDENTITY FULL${place}`;
  const old = change.beforeKind === 'full' ? '' : ', and its old row has the key alone (REPLICA IDENTITY FULL sends it whole)';
  return `"${field}" is not there: a delete has no after${old}${place}`;
}
