import type { Lsn } from '@/core/postgres/lsn';
import {
  type Change,
  type ColumnValue,
  type EventPosition,
  type Relation,
  type TransactionInfo,
  type Tuple,
  UNCHANGED,
  type WireRows,
} from '@/worker/source/source';

const NULL_VALUE = 0x6e;
const UNCHANGED_TOAST = 0x75;
const TEXT_VALUE = 0x74;

const OPS = new Map([
  [0x49, 'c'],
  [0x55, 'u'],
  [0x44, 'd'],
] as const);

/** An insert, update or delete of which only the places of its rows are known yet. */
export interface RowMessage {
  readonly op: 'c' | 'u' | 'd';
  readonly relationOid: number;
  readonly beforeKind: Change['beforeKind'];
  readonly rows: WireRows;
}

/**
 * Finds the rows of an insert, update or delete that stands in `bytes` from `at` to the end, and checks all of it, so that its values
 * may be read later without a look at any bound. Null for every other message, and for one that is malformed: pgoutput-decoder.ts says
 * what is wrong with it. `columns` = how many its relation has.
 */
export function rowMessage(bytes: Buffer, at: number, columnsOf: (relationOid: number) => number): RowMessage | null {
  const op = OPS.get(bytes[at] as 0x49);
  if (op === undefined || bytes.length - at < 6) return null;
  const relationOid = bytes.readUInt32BE(at + 1);
  const columns = columnsOf(relationOid);
  let next = at + 5;
  let part = bytes[next];
  let beforeKind: Change['beforeKind'] = 'none';
  let beforeAt = -1;
  if (op !== 'c' && (part === 0x4b || part === 0x4f)) {
    beforeKind = part === 0x4b ? 'key' : 'full';
    beforeAt = next + 1;
    next = rowEnd(bytes, beforeAt, columns);
    if (op === 'd') return next === bytes.length ? { op, relationOid, beforeKind, rows: { bytes, beforeAt, afterAt: -1 } } : null;
    if (next === -1) return null;
    part = bytes[next];
  }
  if (op === 'd' || part !== 0x4e) return null;
  const afterAt = next + 1;
  return rowEnd(bytes, afterAt, columns) === bytes.length ? { op, relationOid, beforeKind, rows: { bytes, beforeAt, afterAt } } : null;
}

/** Where the row at `at` ends; -1 when it is malformed or has another number of columns. */
function rowEnd(bytes: Buffer, at: number, columns: number): number {
  const end = bytes.length;
  if (at + 2 > end || (((bytes[at] as number) << 8) | (bytes[at + 1] as number)) !== columns) return -1;
  let next = at + 2;
  for (let column = 0; column < columns; column += 1) {
    if (next >= end) return -1;
    const kind = bytes[next++];
    if (kind === TEXT_VALUE) {
      if (next + 4 > end) return -1;
      next += 4 + lengthAt(bytes, next);
      if (next > end) return -1;
    } else if (kind !== NULL_VALUE && kind !== UNCHANGED_TOAST) return -1;
  }
  return next;
}

function lengthAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 + (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}

function readRow(bytes: Buffer, at: number): ColumnValue[] {
  const values: ColumnValue[] = [];
  let next = at + 2;
  for (let left = bytes.readUInt16BE(at); left > 0; left -= 1) {
    const kind = bytes[next++];
    if (kind === TEXT_VALUE) {
      const start = next + 4;
      next = start + lengthAt(bytes, next);
      values.push(bytes.toString('utf8', start, next));
    } else values.push(kind === NULL_VALUE ? null : UNCHANGED);
  }
  return values;
}

/** A change as it came: its values become text when they are asked for. Holds on to the bytes that it is made of. */
export class StreamedChange implements Change {
  readonly op: RowMessage['op'];
  readonly beforeKind: Change['beforeKind'];
  readonly #rows: WireRows;
  #before: Tuple | null | undefined;
  #after: Tuple | null | undefined;

  constructor(
    { op, beforeKind, rows }: RowMessage,
    readonly relation: Relation,
    readonly transaction: TransactionInfo,
    readonly position: EventPosition,
    readonly lsn: Lsn,
    readonly wireBytes: number,
  ) {
    this.op = op;
    this.beforeKind = beforeKind;
    this.#rows = rows;
  }

  get wire(): WireRows {
    return this.#rows;
  }

  get before(): Tuple | null {
    const { bytes, beforeAt } = this.#rows;
    this.#before ??= beforeAt === -1 ? null : readRow(bytes, beforeAt);
    return this.#before;
  }

  get after(): Tuple | null {
    const { bytes, afterAt } = this.#rows;
    this.#after ??= afterAt === -1 ? null : this.#filled(readRow(bytes, afterAt));
    return this.#after;
  }

  /** Under REPLICA IDENTITY FULL the old row holds every value, also those that the new one leaves out as unchanged. */
  #filled(after: Tuple): Tuple {
    return this.beforeKind === 'full' ? fillUnchanged(after, this.before) : after;
  }
}

/** The values of the old row where the new one has none. */
export function fillUnchanged(after: Tuple, before: Tuple | null): Tuple {
  return after.includes(UNCHANGED) ? after.map((value, index) => (value === UNCHANGED ? (before?.[index] ?? null) : value)) : after;
}
