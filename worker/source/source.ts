import type { Lsn } from '@/core/postgres/lsn';

/** Operation letters of Debezium: create, update, delete, read (snapshot), truncate, message. */
export type Op = 'c' | 'u' | 'd' | 'r' | 't' | 'm';

/** The value of one column in Postgres' text output format; null = SQL NULL; UNCHANGED = an unchanged TOAST value that was not sent. */
export type ColumnValue = string | null | typeof UNCHANGED;
/** Marks an unchanged out-of-line value. Not null: the row still has its old value there. */
export const UNCHANGED: unique symbol = Symbol('unchanged toast');

export interface Column {
  readonly name: string;
  readonly typeOid: number;
  /** atttypmod, −1 when the type has none. */
  readonly typeModifier: number;
  /** Type name as pg_type.typname; arrays start with `_`. Resolved from the catalog for types that are not built in. */
  readonly typeName: string;
  /** Part of the table's primary key; without one, of its first unique index that identifies rows (by name). */
  readonly primaryKey: boolean;
  /** Place in that key as it was declared, from 0; absent where the catalog could not be asked. */
  readonly keyPosition?: number;
  /** Part of the replica identity, as the Relation message says. */
  readonly identity: boolean;
}

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  readonly columns: readonly Column[];
}

/** Values in the order of `relation.columns`. */
export type Tuple = readonly ColumnValue[];

/** A value of a row too large to be kept whole; UNCHANGED stands for it in its tuple. */
export interface CutValue {
  readonly side: 'before' | 'after';
  /** Index in `relation.columns`. */
  readonly column: number;
  /** Bytes of its text on the wire. */
  readonly bytes: number;
  /** How it begins, at most 2 KiB. */
  readonly preview: string;
}

/**
 * The rows of a change as the server sent them, checked: where a row begins, pgoutput's TupleData (Postgres docs, 54.9): the number of
 * columns in two bytes, then for each of them `n`, `u` or `t`, and behind `t` the length in four bytes and the text in UTF-8.
 */
export interface WireRows {
  readonly bytes: Buffer;
  /** Place of the old row in `bytes`; -1 = none was sent. */
  readonly beforeAt: number;
  readonly afterAt: number;
  /** The change's LSN for whoever writes it, exact below 2^53; absent = Change.lsn tells it. */
  readonly lsnNumber?: number;
}

/**
 * What a change from the stream makes only when it is asked for. Members of a class, so that the compiler does not take a copy made by
 * `{ ...change }` for a change: name all four in the copy.
 */
declare abstract class MadeWhenAsked {
  /** LSN of the change record itself; several changes may share one. 0 for snapshot rows. */
  abstract get lsn(): Lsn;
  abstract get position(): EventPosition;
  /** Old row: whole under REPLICA IDENTITY FULL, otherwise only identity columns (others null) and only when sent. */
  abstract get before(): Tuple | null;
  abstract get after(): Tuple | null;
}

/** One row change (or truncate) of one table. */
export interface Change extends MadeWhenAsked {
  readonly op: Op;
  readonly relation: Relation;
  /** How much of the old row was sent. */
  readonly beforeKind: 'none' | 'key' | 'full';
  readonly transaction: TransactionInfo | null;
  /** For op r: where in the snapshot this row stands (Debezium's source.snapshot). */
  readonly snapshot?: 'first' | 'true' | 'last' | 'incremental';
  /**
   * The same rows for whoever writes them whole and needs no value by itself; absent = there is no such form. Never an own property: a
   * copy of the change, whose rows or relation may be others, must not have it.
   */
  readonly wire?: WireRows;
  /** Bytes that the change took on the wire, as far as they were kept; bounds memory. */
  readonly wireBytes: number;
  /** Set when values were cut as they came: the change is `oversize`, and no message may be made of it. Never empty. */
  readonly cut?: readonly CutValue[];
}

/** A change whose rows are there already, which may be copied as any object. */
export type PlainChange = Omit<Change, keyof MadeWhenAsked | 'wire'> & { readonly [made in keyof MadeWhenAsked]: Change[made] };

export interface TransactionInfo {
  readonly xid: number;
  readonly commitLsn: Lsn;
  /** Microseconds since the Unix epoch. */
  readonly commitTimeUs: bigint;
  /** End LSN of the transaction before it on this stream, for source.sequence. */
  readonly previousCommitLsn: Lsn | null;
  /** Name of the replication origin that the source replicated this transaction from; absent when it was written there itself. */
  readonly origin?: string;
  /** Commit LSN on that origin. */
  readonly originLsn?: Lsn;
  /** LSN that BEGIN came with: of the transaction's first record. */
  readonly firstLsn?: Lsn;
}

/**
 * Where an event stands, stable over restarts: (commit LSN, index in the transaction, 0-based, before filters).
 * Rows read in one pass have the slot's consistent point as commitLsn and count from 0; rows read in chunks stand in the transaction
 * of the mark behind them.
 */
export interface EventPosition {
  readonly systemId: string;
  readonly commitLsn: Lsn;
  readonly seq: number;
  readonly fromSnapshot: boolean;
  /** Of a row read in a chunk: a digest of its content, the same however often the chunk is read. */
  readonly readId?: string;
  /** Of a logical message: the LSN it came with. It takes no number in its transaction, and may stand outside of any. */
  readonly messageLsn?: Lsn;
  /** Of what tells where a transaction begins and ends. */
  readonly boundary?: 'begin' | 'end';
}

/**
 * `systemId/commitLsn/seq`; rows read in one pass `systemId/commitLsn/snapshot/seq`, in chunks `systemId/read/digest`; a logical message
 * `systemId/message/lsn`; the ends of a transaction `systemId/commitLsn/begin` and `/end`.
 */
export function eventId(position: EventPosition): string {
  const { systemId, messageLsn, boundary } = position;
  if (position.readId) return `${systemId}/read/${position.readId}`;
  if (messageLsn !== undefined) return `${systemId}/message/${idLsn(messageLsn)}`;
  const prefix = changePrefix(systemId, position.commitLsn);
  if (boundary) return prefix + boundary;
  return position.fromSnapshot ? `${prefix}snapshot/${position.seq}` : prefix + position.seq;
}

let latestSystem = '';
let latestLsn: Lsn = 0n;
let latestPrefix = '/0-0/';

/** What the ids of a transaction's changes begin with, made once for them: they come one after the other. */
function changePrefix(systemId: string, lsn: Lsn): string {
  if (lsn !== latestLsn || systemId !== latestSystem) {
    latestSystem = systemId;
    latestLsn = lsn;
    latestPrefix = `${systemId}/${idLsn(lsn)}/`;
  }
  return latestPrefix;
}

const idLsn = (lsn: Lsn): string => `${(lsn >> 32n).toString(16).toUpperCase()}-${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;

export interface LogicalMessage {
  /** Null when it was emitted outside of the transaction's fate: it is there whether or not that one committed. */
  readonly transaction: TransactionInfo | null;
  readonly systemId: string;
  readonly prefix: string;
  /** A view on the receive buffer: copy what is to be kept. */
  readonly content: Buffer;
  /** Set when `content` is only how it begins: the bytes that it really has. */
  readonly cutBytes?: number;
  /** End of its record: everything before it in the WAL, and itself, was read (decode.c queues it with the record's end). */
  readonly lsn: Lsn;
}

/** What a source hands to the pipeline, in stream order. The order, not any LSN, decides what may be confirmed. */
export type SourceItem =
  | { readonly kind: 'begin'; readonly transaction: TransactionInfo }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'commit'; readonly transaction: TransactionInfo; readonly endLsn: Lsn }
  /** Everything before this place in the stream was sent; confirmable once all of it is settled and no transaction is open. */
  | { readonly kind: 'keepalive'; readonly walEnd: Lsn }
  /** pg_logical_emit_message of this database, at its place in the stream; it takes no number in its transaction. */
  | { readonly kind: 'message'; readonly message: LogicalMessage }
  /** The table's shape changed (or was announced for the first time). */
  | { readonly kind: 'relation'; readonly relation: Relation };

/** Receives items synchronously, in order. */
export type ItemHandler = (item: SourceItem) => void;

/** A running subscription to a replication slot. */
export interface Subscription {
  /** Stop or go on reading from the socket; status updates go on meanwhile. */
  pause(): void;
  resume(): void;
  /** Everything up to here is settled: sent with the next status update. Never lower than before. */
  confirm(lsn: Lsn): void;
  /** Send the status now (after a batch, at shutdown). */
  flushStatus(): void;
  /** Ends cleanly: last status, CopyDone, socket closed. */
  close(): Promise<void>;
  /** Settles when the stream ends: rejects with a SpillwayError on any fault, resolves after close(). */
  readonly ended: Promise<void>;
  /** LSN of the latest byte received. */
  readonly receivedLsn: Lsn;
}
