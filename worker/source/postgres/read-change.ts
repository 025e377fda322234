import { hash } from 'node:crypto';
import type { Change, EventPosition, Relation, Tuple, WireRows } from '@/worker/source/source';
import { tupleBytes } from './table-readers';
import type { PublishedTable } from './table-relation';
import { RowWriter, WireRow } from './wire-row';

/** A row that was read: as it came, or with values that others told since. */
export interface ReadRow {
  readonly tuple: Tuple;
}
type ReadMark = NonNullable<Change['snapshot']>;
type From = Pick<PublishedTable, 'relation' | 'behind' | 'place'>;

/** Column count of TupleData, which says how many values were asked for. */
const HEAD_BYTES = 2;
/** An empty text at the end of a row. */
const NO_MARKS_BYTES = 5;

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
      positionOf(table.relation, () => row.bytes.subarray(row.afterAt + HEAD_BYTES, end)),
      mark,
      row,
      end - row.afterAt,
    );
  }
  const { relation, tuple, cut } = table.place(row.tuple);
  const content = () => {
    const { bytes, afterAt, end } = new RowWriter().written(tuple);
    return bytes.subarray(afterAt + HEAD_BYTES, end);
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
  private scratch = Buffer.alloc(1024);
  private latest: Relation | null = null;
  private prefix = 0;

  /** Rows that were read for another reason have other ids. */
  constructor(private readonly origin: string) {}

  of(relation: Relation, content: Buffer): string {
    if (relation !== this.latest) {
      this.latest = relation;
      this.room(this.origin.length * 4 + 20);
      this.prefix = this.scratch.write(`${this.origin}/${relation.oid}/`);
    }
    this.room(this.prefix + content.length);
    const end = this.prefix + content.copy(this.scratch, this.prefix);
    return hash('sha256', this.scratch.subarray(0, end), 'hex').slice(0, 32);
  }

  private room(bytes: number): void {
    if (bytes <= this.scratch.length) return;
    const larger = Buffer.alloc(bytes * 2);
    this.scratch.copy(larger);
    this.scratch = larger;
  }
}
