import { SpillwayError } from '@/core/errors';
import type { ColumnValue, Tuple, WireRows } from '@/worker/source/source';
import { NULL_VALUE, readValues, TEXT_VALUE, TUPLE_HEAD_BYTES, UNCHANGED_TOAST } from './tuple-data';

const TAB = 0x09;
const BACKSLASH = 0x5c;
const UPPER_N = 0x4e;
/** What COPY puts behind a backslash and what it stands for (Postgres docs, COPY, text format); any other byte stands for itself. */
const ESCAPED = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, TAB],
  [0x76, 0x0b],
]);

/** Rows are kept in pieces of this: whatever waits holds on to no more than the rows around it. */
const PIECE_BYTES = 64 * 1024;
/** From here on it pays to look ahead. */
const LONG_BYTES = 256;
/** Kind and length of a value. */
const VALUE_BYTES = 5;

/** A row that a query read, in the form in which the stream has its rows: values become text when they are asked for. */
export class WireRow implements WireRows {
  readonly beforeAt = -1;
  #tuple: Tuple | null = null;

  constructor(
    readonly bytes: Buffer,
    readonly afterAt: number,
    readonly end: number,
  ) {}

  /** Every value that the query asked for. */
  get tuple(): Tuple {
    this.#tuple ??= this.values(this.bytes.readUInt16BE(this.afterAt));
    return this.#tuple;
  }

  /** The first so many values. */
  values(columns: number): ColumnValue[] {
    return readValues(this.bytes, this.afterAt, columns);
  }

  /** Whether its last value is an empty text. */
  get endsEmpty(): boolean {
    const { bytes, end } = this;
    // No text ends with four zeros: they are its length.
    return (
      end - VALUE_BYTES >= this.afterAt + TUPLE_HEAD_BYTES && bytes[end - VALUE_BYTES] === TEXT_VALUE && bytes.readUInt32BE(end - 4) === 0
    );
  }
}

/** Puts rows into that form. */
export class RowWriter {
  private piece = Buffer.alloc(0);
  private at = 0;

  /**
   * One CopyData message of `COPY … TO STDOUT` in text format: the server sends one a row (Postgres docs, 54.7). Copied, so that it may be
   * a view on a buffer that is used again. Throws protocol_error when it has another number of columns.
   */
  copied(line: Buffer, columns: number): WireRow {
    const at = this.room(TUPLE_HEAD_BYTES + columns * VALUE_BYTES + line.length);
    const { piece } = this;
    const lineEnd = line.length - 1;
    let to = at + TUPLE_HEAD_BYTES;
    let found = 0;
    for (let from = 0; from <= lineEnd && columns > 0; from += 1) {
      found += 1;
      if (found > columns) break;
      if (line[from] === BACKSLASH && line[from + 1] === UPPER_N) {
        piece[to++] = NULL_VALUE;
        from += 2;
        continue;
      }
      const start = to + VALUE_BYTES;
      piece[to] = TEXT_VALUE;
      to = start;
      for (let byte = line[from] as number, plain = 0; from < lineEnd && byte !== TAB; byte = line[++from] as number) {
        if (byte === BACKSLASH) {
          const behind = line[++from] as number;
          piece[to++] = ESCAPED.get(behind) ?? behind;
          plain = 0;
          continue;
        }
        piece[to++] = byte;
        plain += 1;
        if (plain < LONG_BYTES) continue;
        // A long value: what follows up to the next byte that means something is copied in one go.
        const until = plainEnd(line, from + 1);
        to += line.copy(piece, to, from + 1, until);
        from = until - 1;
        plain = 0;
      }
      piece.writeUInt32BE(to - start, start - 4);
    }
    if (found !== columns) throw new SpillwayError('protocol_error', `The server sent a row that has not the ${columns} columns asked for`);
    return this.finish(at, to, columns);
  }

  /** A row of values. */
  written(tuple: Tuple): WireRow {
    const size = tuple.reduce(
      (sum, value) => sum + VALUE_BYTES + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      TUPLE_HEAD_BYTES,
    );
    const at = this.room(size);
    const { piece } = this;
    let to = at + TUPLE_HEAD_BYTES;
    for (const value of tuple) {
      if (typeof value === 'string') {
        const length = piece.write(value, to + VALUE_BYTES);
        piece[to] = TEXT_VALUE;
        piece.writeUInt32BE(length, to + 1);
        to += VALUE_BYTES + length;
      } else piece[to++] = value === null ? NULL_VALUE : UNCHANGED_TOAST;
    }
    return this.finish(at, to, tuple.length);
  }

  private finish(at: number, end: number, columns: number): WireRow {
    this.piece.writeUInt16BE(columns, at);
    this.at = end;
    return new WireRow(this.piece, at, end);
  }

  private room(bytes: number): number {
    if (this.at + bytes > this.piece.length) {
      this.piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes));
      this.at = 0;
    }
    return this.at;
  }
}

/** Where the plain text that goes on at `from` ends: at a tab, a backslash, or the end of the line. */
function plainEnd(line: Buffer, from: number): number {
  const tab = line.indexOf(TAB, from);
  const end = tab === -1 ? line.length - 1 : tab;
  const backslash = line.subarray(from, end).indexOf(BACKSLASH);
  return backslash === -1 ? end : from + backslash;
}
