import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { type Change, type Column, type ColumnValue, type Relation, UNCHANGED } from '@/worker/source/source';
import { encodersIn } from '../value/encoder';

/** Text of a value → what an expression sees of it. */
export type Reader<T> = (text: string) => T;
export interface SeenColumn<T> {
  readonly name: string;
  readonly index: number;
  readonly read: Reader<T>;
}

const textOf = encodersIn({
  ...DEBEZIUM_DEFAULTS,
  decimalHandlingMode: 'string',
  timePrecisionMode: 'isostring',
  intervalHandlingMode: 'string',
});

/** Times as ISO 8601 text, as the flow's `isostring` writes them; what is no plain text in JSON (arrays, points …) as Postgres prints it. */
export function seenText(column: Column): Reader<string> {
  const encode = column.typeName.startsWith('_') ? null : textOf(column);
  return (text) => {
    const json = encode?.(text) ?? '';
    return json.startsWith('"') ? (JSON.parse(json) as string) : text;
  };
}

/** What expressions see of the columns of a relation; made once per relation. */
export function columnReaders<T>(readerOf: (column: Column) => Reader<T>): (relation: Relation) => readonly SeenColumn<T>[] {
  const made = new WeakMap<Relation, readonly SeenColumn<T>[]>();
  return (relation) => {
    let columns = made.get(relation);
    if (!columns) {
      columns = relation.columns.map((column, index) => ({ name: column.name, index, read: readerOf(column) }));
      made.set(relation, columns);
    }
    return columns;
  };
}

/** A value of the new row; one that was not sent because it did not change is the old row's where that was sent whole. */
export function newValue({ before, beforeKind, after }: Change, index: number): ColumnValue | undefined {
  const value = after?.[index];
  return value === UNCHANGED && beforeKind === 'full' ? before?.[index] : value;
}

/** A value of the old row; UNCHANGED where it was not sent. */
export function oldValue({ relation, before, beforeKind }: Change, index: number): ColumnValue | undefined {
  return beforeKind === 'full' || relation.columns[index]?.identity ? before?.[index] : UNCHANGED;
}

/** The old row was there and was not sent: an update of a table that sends no more than its key. */
export function oldRowIsUnknown({ op, before }: Change): boolean {
  return op === 'u' && before === null;
}

export const NOT_SENT = {
  before: 'the old value was not sent: use REPLICA IDENTITY FULL',
  after: 'the value was not sent, it is out of line and did not change: use REPLICA IDENTITY FULL',
} as const;

/** What expressions see of the position. LSN and transaction id as Debezium has them: numbers; null where there is none. */
export function sourceOf({ relation, transaction, lsn, position, op }: Change): {
  readonly schema: string;
  readonly table: string;
  readonly lsn: bigint | null;
  readonly txId: number | null;
  readonly ts_ms: bigint | null;
  readonly snapshot: boolean;
} {
  const { schema, table } = relation;
  const placed = position.fromSnapshot ? position.commitLsn : position.readId ? null : lsn;
  const ts_ms = transaction ? transaction.commitTimeUs / 1000n : null;
  return { schema, table, lsn: placed, txId: transaction?.xid ?? null, ts_ms, snapshot: op === 'r' };
}

export type Side = 'before' | 'after';
