import { type ColumnValue, UNCHANGED } from '@/worker/source/source';
import { uint32At } from './byte-reader';

/* pgoutput's TupleData (Postgres docs, 54.9): the number of columns in two bytes, then for each its kind, and behind a text its length and bytes. */
export const NULL_VALUE = 0x6e;
export const UNCHANGED_TOAST = 0x75;
export const TEXT_VALUE = 0x74;
/** Bytes of the number of columns. */
export const TUPLE_HEAD_BYTES = 2;

/** The first so many values of the row at `at`, which was checked before. */
export function readValues(bytes: Buffer, at: number, columns: number): ColumnValue[] {
  const values: ColumnValue[] = [];
  let next = at + TUPLE_HEAD_BYTES;
  for (let left = columns; left > 0; left -= 1) {
    const kind = bytes[next++];
    if (kind === TEXT_VALUE) {
      const start = next + 4;
      next = start + uint32At(bytes, next);
      values.push(bytes.toString('utf8', start, next));
    } else values.push(kind === NULL_VALUE ? null : UNCHANGED);
  }
  return values;
}
