import type { JSONValue } from 'json-p3';
import { compileJsonPath, jsonPathColumns } from '@/core/spec/filter-json-path';
import { type Change, type Column, type Relation, UNCHANGED } from '@/worker/source/source';
import type { Condition } from './filter';
import { columnReaders, NOT_SENT, newValue, oldRowIsUnknown, oldValue, type Reader, type Side, seenText, sourceOf } from './record';

const EXACT = new Set(['int2', 'int4', 'int8', 'oid']);
const NUMBERS = new Set(['float4', 'float8', 'numeric']);

/** Integers, floats and numeric are JSON numbers, booleans are booleans, all else is text. An integer that no JSON number holds throws. */
function readerOf(column: Column): Reader<JSONValue> {
  const { typeName, name } = column;
  if (EXACT.has(typeName)) return (text) => exact(BigInt(text), name);
  if (NUMBERS.has(typeName)) return Number;
  if (typeName === 'bool') return (text) => text === 't';
  return seenText(column);
}

function exact(value: bigint, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`filter.jsonPath failed: "${name}" is beyond what JSON numbers hold exactly; use cel`);
}

/**
 * FES' filter over the Debezium record, {op, before, after, source}. A value is read when the path asks for it; one that was not sent
 * throws, because JSONPath would take it for false and leave the event out without a word. Throws JsonPathTrouble when it does not compile.
 */
export function jsonPathCondition(text: string): Condition {
  const passes = compileJsonPath(text);
  const asked = jsonPathColumns(text);
  const known = new WeakSet<Relation>();
  const columnsOf = columnReaders(readerOf);
  const reason = `jsonPath does not match: ${text}`;
  const rowOf = (change: Change, side: Side, seen: typeof newValue): JSONValue => {
    const row: { [key: string]: JSONValue } = Object.create(null);
    for (const { name, index, read } of columnsOf(change.relation)) {
      const get = (): JSONValue => {
        const value = seen(change, index);
        if (value === UNCHANGED) throw new Error(`filter.jsonPath failed: "${name}": ${NOT_SENT[side]}`);
        return value === null || value === undefined ? null : read(value);
      };
      Object.defineProperty(row, name, { enumerable: true, get });
    }
    return row;
  };
  return (change) => {
    if (!known.has(change.relation)) {
      requireColumns(change.relation, asked);
      known.add(change.relation);
    }
    const { lsn, ts_ms, ...place } = sourceOf(change);
    const source = { ...place, lsn: lsn === null ? null : exact(lsn, 'lsn'), ts_ms: ts_ms === null ? null : Number(ts_ms) };
    const before = change.before !== null || oldRowIsUnknown(change) ? rowOf(change, 'before', oldValue) : null;
    const after = change.after ? rowOf(change, 'after', newValue) : null;
    return passes({ op: change.op, before, after, source }) ? null : reason;
  };
}

/** A column that was renamed or mistyped would be taken for false, and every event left out. */
function requireColumns({ columns, schema, table }: Relation, asked: readonly string[]): void {
  const missing = asked.find((name) => !columns.some((column) => column.name === name));
  if (missing !== undefined) throw new Error(`filter.jsonPath failed: ${schema}.${table} has no column "${missing}"`);
}
