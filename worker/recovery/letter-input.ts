import { beginningOf } from '@/core/utf8';
import { type Change, type ColumnValue, type CutValue, type Tuple, UNCHANGED } from '@/worker/source/source';

/** A letter keeps a row of this size whole, characters; of a larger one it keeps the values up to LONGEST_VALUE and the beginnings of the others. */
const WHOLE_ROW = 4 * 1024 * 1024;
const LONGEST_VALUE = 64 * 1024;
const PREVIEW = 2 * 1024;

/** The change as a letter keeps it: no letter may fill the catalog. What is cut is read again from the table by a replay. */
export function forLetter(change: Change): Change {
  if (change.cut || sizeOf(change.before) + sizeOf(change.after) > WHOLE_ROW) return withoutLarge(change);
  return change;
}

/** The change with its values over 64 KiB cut; itself when it has none. */
export function withoutLarge(change: Change): Change {
  // What was cut as it came may be any bytes (a logical message), and jsonb takes no NUL.
  const cut: CutValue[] = (change.cut ?? []).map((value) => ({ ...value, preview: value.preview.replaceAll('\0', '\ufffd') }));
  const cutTuple = (side: CutValue['side'], tuple: Tuple | null): Tuple | null =>
    tuple?.map((value, column): ColumnValue => {
      if (typeof value !== 'string' || value.length <= LONGEST_VALUE) return value;
      cut.push({ side, column, bytes: Buffer.byteLength(value), preview: ownText(beginningOf(value, PREVIEW)) });
      return UNCHANGED;
    }) ?? null;
  const [before, after] = [cutTuple('before', change.before), cutTuple('after', change.after)];
  const { lsn, position } = change;
  return cut.length === 0 ? change : { ...change, lsn, position, before, after, wireBytes: sizeOf(before) + sizeOf(after), cut };
}

function sizeOf(tuple: Tuple | null): number {
  return tuple === null ? 0 : tuple.reduce((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

/** V8 makes a slice a view on the whole string, which it would keep in memory. */
function ownText(slice: string): string {
  return Buffer.from(slice).toString('utf8');
}
