import { createHash, hash } from 'node:crypto';
import type { Change, EventPosition, Relation, Tuple, WireRows } from '@/worker/source/source';
import { tupleBytes } from './table-readers';
import type { PublishedTable } from './table-relation';
import { TUPLE_HEAD_BYTES } from './tuple-data';
import { RowWriter, WireRow } from './wire-row';

/** A row that was read: as it came, or with values that others told since. */
export interface ReadRow {
  readonly tuple: Tuple;
}
type ReadMark = NonNullable<Change['snapshot']>;
type From = Pick<PublishedTable, 'relation' | 'behind' | 'place'>;

/** An empty text at the end of a row. */
const NO_MARKS_BYTES = 5;
/** Rows up to about this are put together with what they were read for. */
const SCRATCH_BYTES = 16 * 1024;

/** A row as a change of op r. `positionOf` gets its bytes, for ids that are made of them. Throws as PublishedTable.place. */
export function readChange(
  table: From,
  row: ReadRow,
  mark: ReadMark,
  positionOf: (relation: Relation, content: () => Buffer) => EventPosition,
): Change {
  if (row instanceof WireRow && table.behind !== 'partition' && (table.behind === 'nothing' || row.endsEmpty)) {
    const end = table.behind === 'nothing' ? row.end : row.end - NO_MARKS_BYTES;
    return new ReadChange(
      table.relation,
      positionOf(table.relation, () => row.bytes.subarray(row.afterAt + TUPLE_HEAD_BYTES, end)),
      mark,
      row,
      end - row.afterAt,
    );
  }
  const { relation, tuple, cut } = table.place(row.tuple);
  const content = () => {
    const { bytes, afterAt, end } = new RowWriter().written(tuple);
    return bytes.subarray(afterAt + TUPLE_HEAD_BYTES, end);
  };
  return {
    op: 'r',
    relation,
    before: null,
    beforeKind: 'none',
    after: tuple,
    lsn: 0n,
    position: positionOf(relation, content),
    transaction: null,
    snapshot: mark,
    wireBytes: tupleBytes(tuple),
    ...(cut ? { cut } : {}),
  };
}

/** A row whose values become text when they are asked for. Holds on to the piece of bytes that it stands in. */
class ReadChange implements Change {
  readonly op = 'r';
  readonly beforeKind = 'none';
  readonly lsn = 0n;
  readonly transaction = null;
  readonly #row: WireRow;
  #after: Tuple | null = null;

  constructor(
    readonly relation: Relation,
    readonly position: EventPosition,
    readonly snapshot: ReadMark,
    row: WireRow,
    readonly wireBytes: number,
  ) {
    this.#row = row;
  }

  get wire(): WireRows {
    return this.#row;
  }
  get before(): null {
    return null;
  }
  get after(): Tuple {
    this.#after ??= this.#row.values(this.relation.columns.length);
    return this.#after;
  }
}

/** Ids of rows by what they hold: a digest of their bytes, and of what they were read for. */
export class ReadIds {
  private readonly scratch = Buffer.alloc(SCRATCH_BYTES);
  private latest: Relation | null = null;
  private prefix = Buffer.alloc(0);

  /** Rows that were read for another reason have other ids. */
  constructor(private readonly origin: string) {}

  of(relation: Relation, content: Buffer): string {
    if (relation !== this.latest) {
      this.latest = relation;
      this.prefix = Buffer.from(`${this.origin}/${relation.oid}/`);
      this.prefix.copy(this.scratch);
    }
    const { prefix, scratch } = this;
    const end = prefix.length + content.length;
    const whole = end <= scratch.length && content.copy(scratch, prefix.length) === content.length;
    // In one call where that is cheap: an object for each hash costs twice as much as the hash of a usual row.
    const digest = whole
      ? hash('sha256', scratch.subarray(0, end), 'hex')
      : createHash('sha256').update(prefix).update(content).digest('hex');
    return digest.slice(0, 32);
  }
}
