import {
  type Change,
  type Column,
  type ColumnValue,
  type CutValue,
  type EventPosition,
  type PlainChange,
  type Tuple,
  UNCHANGED,
} from './source';

/**
 * A change as JSON: kept with a dead letter, so that a replay starts from what was decoded and not from what was sent.
 * Values are Postgres text; an unchanged TOAST value is {"unchanged":true}. LSNs are decimal strings.
 */
export interface StoredChange {
  readonly op: Change['op'];
  readonly schema: string;
  readonly table: string;
  readonly relationOid: number;
  readonly replicaIdentity: Change['relation']['replicaIdentity'];
  readonly columns: readonly Column[];
  readonly before: readonly StoredValue[] | null;
  readonly beforeKind: Change['beforeKind'];
  readonly after: readonly StoredValue[] | null;
  readonly lsn: string;
  readonly position: {
    readonly systemId: string;
    readonly commitLsn: string;
    readonly seq: number;
    readonly fromSnapshot: boolean;
    readonly readId?: string;
    readonly messageLsn?: string;
    readonly boundary?: EventPosition['boundary'];
  };
  readonly transaction: {
    readonly xid: number;
    readonly commitLsn: string;
    readonly commitTimeUs: string;
    readonly previousCommitLsn: string | null;
    readonly origin?: string;
    readonly originLsn?: string;
    readonly firstLsn?: string;
  } | null;
  readonly snapshot?: Change['snapshot'];
  /** Large values that are not kept; {"unchanged":true} stands for them. A replay reads the row again by its key. */
  readonly cut?: readonly CutValue[];
}
export type StoredValue = string | null | { readonly unchanged: true };

export function storeChange(change: Change): StoredChange {
  const { relation, position, transaction } = change;
  return {
    op: change.op,
    schema: relation.schema,
    table: relation.table,
    relationOid: relation.oid,
    replicaIdentity: relation.replicaIdentity,
    columns: relation.columns,
    before: storeTuple(change.before),
    beforeKind: change.beforeKind,
    after: storeTuple(change.after),
    lsn: String(change.lsn),
    position: storePosition(position),
    transaction: transaction && {
      xid: transaction.xid,
      commitLsn: String(transaction.commitLsn),
      commitTimeUs: String(transaction.commitTimeUs),
      previousCommitLsn: transaction.previousCommitLsn === null ? null : String(transaction.previousCommitLsn),
      ...(transaction.origin === undefined ? {} : { origin: transaction.origin, originLsn: String(transaction.originLsn ?? 0n) }),
      ...(transaction.firstLsn === undefined ? {} : { firstLsn: String(transaction.firstLsn) }),
    },
    ...(change.snapshot ? { snapshot: change.snapshot } : {}),
    ...(change.cut ? { cut: change.cut } : {}),
  };
}

export function restoreChange(stored: StoredChange): PlainChange {
  return {
    op: stored.op,
    relation: {
      oid: stored.relationOid,
      schema: stored.schema,
      table: stored.table,
      replicaIdentity: stored.replicaIdentity,
      columns: stored.columns,
    },
    before: restoreTuple(stored.before),
    beforeKind: stored.beforeKind,
    after: restoreTuple(stored.after),
    lsn: BigInt(stored.lsn),
    position: restorePosition(stored.position),
    transaction: stored.transaction && {
      xid: stored.transaction.xid,
      commitLsn: BigInt(stored.transaction.commitLsn),
      commitTimeUs: BigInt(stored.transaction.commitTimeUs),
      previousCommitLsn: stored.transaction.previousCommitLsn === null ? null : BigInt(stored.transaction.previousCommitLsn),
      ...(stored.transaction.origin === undefined
        ? {}
        : { origin: stored.transaction.origin, originLsn: BigInt(stored.transaction.originLsn ?? 0) }),
      ...(stored.transaction.firstLsn === undefined ? {} : { firstLsn: BigInt(stored.transaction.firstLsn) }),
    },
    ...(stored.snapshot ? { snapshot: stored.snapshot } : {}),
    ...(stored.cut ? { cut: stored.cut } : {}),
    wireBytes: 0,
  };
}

function storeTuple(tuple: Tuple | null): StoredValue[] | null {
  return tuple === null ? null : tuple.map((value): StoredValue => (value === UNCHANGED ? { unchanged: true } : value));
}

function restoreTuple(tuple: readonly StoredValue[] | null): Tuple | null {
  return tuple === null ? null : tuple.map((value): ColumnValue => (typeof value === 'object' && value !== null ? UNCHANGED : value));
}

function storePosition({ commitLsn, messageLsn, ...rest }: EventPosition): StoredChange['position'] {
  return { ...rest, commitLsn: String(commitLsn), ...(messageLsn === undefined ? {} : { messageLsn: String(messageLsn) }) };
}

function restorePosition({ commitLsn, messageLsn, ...rest }: StoredChange['position']): EventPosition {
  return { ...rest, commitLsn: BigInt(commitLsn), ...(messageLsn === undefined ? {} : { messageLsn: BigInt(messageLsn) }) };
}
