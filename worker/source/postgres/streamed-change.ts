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
import { uint32At } from './byte-reader';
import { lsnAt, WAL_START, XLOG_DATA_HEADER } from './framing';
import { NULL_VALUE, readValues, TEXT_VALUE, UNCHANGED_TOAST } from './tuple-data';

const INSERT = 0x49;
const UPDATE = 0x55;
const DELETE = 0x44;

/** Whether an insert, update or delete stands at `at`, with an oid behind it. */
export function isRow(bytes: Buffer, at: number, end: number): boolean {
  const tag = bytes[at];
  return (tag === INSERT || tag === UPDATE || tag === DELETE) && end - at >= 6;
}

/** The oid of its relation. */
export const relationOf = (bytes: Buffer, at: number): number => uint32At(bytes, at + 1);

/** Where a change has its rows; -1 = it has none. Filled anew for each. */
export interface RowPlaces {
  beforeKind: Change['beforeKind'];
  beforeAt: number;
  afterAt: number;
}

/**
 * Finds the rows of the insert, update or delete that stands in `bytes` from `at` to `end`, and checks all of it, so that its values may
 * be read later without a look at any bound. False for one that is malformed: pgoutput-decoder.ts says what is wrong with it.
 * `columns` = how many its relation has.
 */
export function findRows(bytes: Buffer, at: number, end: number, columns: number, places: RowPlaces): boolean {
  const tag = bytes[at];
  let next = at + 5;
  let part = bytes[next];
  places.beforeKind = 'none';
  places.beforeAt = -1;
  places.afterAt = -1;
  if (tag !== INSERT && (part === 0x4b || part === 0x4f)) {
    places.beforeKind = part === 0x4b ? 'key' : 'full';
    places.beforeAt = next + 1;
    next = rowEnd(bytes, places.beforeAt, end, columns);
    if (tag === DELETE) return next === end;
    if (next === -1 || next >= end) return false;
    part = bytes[next];
  }
  if (tag === DELETE || part !== 0x4e) return false;
  places.afterAt = next + 1;
  return rowEnd(bytes, places.afterAt, end, columns) === end;
}

/** Where the row at `at` ends; -1 when it is malformed or has another number of columns. */
function rowEnd(bytes: Buffer, at: number, end: number, columns: number): number {
  if (at + 2 > end || (((bytes[at] as number) << 8) | (bytes[at + 1] as number)) !== columns) return -1;
  let next = at + 2;
  for (let column = 0; column < columns; column += 1) {
    if (next >= end) return -1;
    const kind = bytes[next++];
    if (kind === TEXT_VALUE) {
      if (next + 4 > end) return -1;
      next += 4 + uint32At(bytes, next);
      if (next > end) return -1;
    } else if (kind !== NULL_VALUE && kind !== UNCHANGED_TOAST) return -1;
  }
  return next;
}

const readRow = (bytes: Buffer, at: number): ColumnValue[] => readValues(bytes, at, bytes.readUInt16BE(at));

/**
 * A change as it came: its values become text, and its position and LSN objects, when they are asked for. Holds on to the bytes that it is
 * made of, and is its own WireRows.
 */
export class StreamedChange implements Change, WireRows {
  readonly op: 'c' | 'u' | 'd';
  readonly beforeKind: Change['beforeKind'];
  readonly wireBytes: number;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #beforeAt: number;
  readonly #afterAt: number;
  readonly #systemId: string;
  readonly #seq: number;
  #before: Tuple | null | undefined;
  #after: Tuple | null | undefined;

  /** Its data frame stands in `bytes` from `start` to `end`; `findRows` found its rows. */
  constructor(
    { beforeKind, beforeAt, afterAt }: RowPlaces,
    bytes: Buffer,
    start: number,
    end: number,
    readonly relation: Relation,
    readonly transaction: TransactionInfo,
    systemId: string,
    seq: number,
  ) {
    const tag = bytes[start + XLOG_DATA_HEADER];
    this.op = tag === INSERT ? 'c' : tag === UPDATE ? 'u' : 'd';
    this.beforeKind = beforeKind;
    this.wireBytes = end - start;
    this.#bytes = bytes;
    this.#start = start;
    this.#beforeAt = beforeAt;
    this.#afterAt = afterAt;
    this.#systemId = systemId;
    this.#seq = seq;
    this.#before = undefined;
    this.#after = undefined;
  }

  get wire(): WireRows {
    return this;
  }
  get bytes(): Buffer {
    return this.#bytes;
  }
  get beforeAt(): number {
    return this.#beforeAt;
  }
  get afterAt(): number {
    return this.#afterAt;
  }

  get lsn(): Lsn {
    return lsnAt(this.#bytes, this.#start + WAL_START);
  }
  get lsnNumber(): number {
    const at = this.#start + WAL_START;
    return uint32At(this.#bytes, at) * 0x1_0000_0000 + uint32At(this.#bytes, at + 4);
  }
  get position(): EventPosition {
    return { systemId: this.#systemId, commitLsn: this.transaction.commitLsn, seq: this.#seq, fromSnapshot: false };
  }

  get before(): Tuple | null {
    this.#before ??= this.#beforeAt === -1 ? null : readRow(this.#bytes, this.#beforeAt);
    return this.#before;
  }

  get after(): Tuple | null {
    this.#after ??= this.#afterAt === -1 ? null : this.#filled(readRow(this.#bytes, this.#afterAt));
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
