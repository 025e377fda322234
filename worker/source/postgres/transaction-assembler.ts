import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import type { Change, CutValue, ItemHandler, Op, Relation, TransactionInfo, Tuple } from '@/worker/source/source';
import { UNCHANGED } from '@/worker/source/source';
import { XLOG_DATA_HEADER } from './framing';
import { LiveRelations } from './live-relations';
import type { OldRow, PgoutputMessage } from './pgoutput-decoder';
import { fillUnchanged, findRows, isRow, type RowPlaces, relationOf, StreamedChange } from './streamed-change';

/** Messages as they come, but for relations, which the relation cache has completed before. */
export type ResolvedMessage = Exclude<PgoutputMessage, { kind: 'relation' }> | { readonly kind: 'relation'; readonly relation: Relation };

/**
 * Turns pgoutput messages into source items: follows transactions, numbers every published row of a transaction (truncates too)
 * from 0 and gives it its position. In protocol 1 BEGIN carries the commit LSN, so a position is known at the first row and is the
 * same after every restart.
 */
export class TransactionAssembler {
  #open: TransactionInfo | null = null;
  #seq = 0;
  #previousCommitLsn: Lsn | null = null;
  #commitTimeUs = 0n;
  readonly #relations = new LiveRelations();
  readonly #places: RowPlaces = { beforeKind: 'none', beforeAt: -1, afterAt: -1 };

  constructor(
    private readonly systemId: string,
    private readonly onItem: ItemHandler,
  ) {}

  /** When the latest transaction was committed, µs since the Unix epoch by the server's clock; 0 before the first. */
  get commitTimeUs(): bigint {
    return this.#commitTimeUs;
  }

  /** A transaction has begun and its commit has not come. */
  get inTransaction(): boolean {
    return this.#open !== null;
  }

  /**
   * A row in the data frame that stands in `bytes` from `start` to `end`, without a look at its values. False when it is none, or not what
   * it should be here: then decoding it tells. The change keeps `bytes`.
   */
  acceptRow(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#open || !isRow(bytes, start + XLOG_DATA_HEADER, end)) return false;
    const relation = this.#relations.get(relationOf(bytes, start + XLOG_DATA_HEADER));
    if (!relation || !findRows(bytes, start + XLOG_DATA_HEADER, end, relation.columns.length, this.#places)) return false;
    const change = new StreamedChange(this.#places, bytes, start, end, relation, this.#open, this.systemId, this.#seq);
    this.#seq += 1;
    this.onItem({ kind: 'change', change });
    return true;
  }

  /** `cut` names the values of a row that were not kept (large-row.ts). */
  accept(message: ResolvedMessage, walStart: Lsn, wireBytes: number, cut: readonly CutValue[] = NOTHING_CUT): void {
    switch (message.kind) {
      case 'begin': {
        if (this.#open) throw outOfPlace('BEGIN inside a transaction');
        const { commitLsn, commitTimeUs, xid } = message;
        this.#open = { xid, commitLsn, commitTimeUs, previousCommitLsn: this.#previousCommitLsn, firstLsn: walStart };
        this.#commitTimeUs = commitTimeUs;
        this.#seq = 0;
        this.onItem({ kind: 'begin', transaction: this.#open });
        return;
      }
      case 'commit': {
        const transaction = this.#transaction('COMMIT');
        this.#open = null;
        this.#previousCommitLsn = message.endLsn;
        this.onItem({ kind: 'commit', transaction, endLsn: message.endLsn });
        return;
      }
      case 'relation':
        this.#relations.announce(message.relation);
        this.onItem({ kind: 'relation', relation: message.relation });
        return;
      case 'insert':
        this.#emit('c', message.relationOid, null, message.after, walStart, wireBytes, cut);
        return;
      case 'update':
        this.#emit('u', message.relationOid, message.before, message.after, walStart, wireBytes, cut);
        return;
      case 'delete':
        this.#emit('d', message.relationOid, message.before, null, walStart, wireBytes, cut);
        return;
      case 'truncate':
        for (const oid of message.relationOids) this.#emit('t', oid, null, null, walStart, wireBytes, cut);
        return;
      case 'message': {
        const { transactional, prefix, content, cutBytes, lsn } = message;
        const transaction = transactional ? this.#transaction('a transactional message') : null;
        this.onItem({
          kind: 'message',
          message: { transaction, systemId: this.systemId, prefix, content, lsn, ...(cutBytes === undefined ? {} : { cutBytes }) },
        });
        return;
      }
      case 'origin':
        // Comes behind BEGIN, before the first change.
        this.#open = { ...this.#transaction('an origin'), origin: message.name, originLsn: message.originLsn };
        return;
      case 'type':
        // Type names come from the catalog (relation-cache.ts).
        return;
    }
  }

  #emit(
    op: Op,
    relationOid: number,
    before: OldRow | null,
    after: Tuple | null,
    lsn: Lsn,
    wireBytes: number,
    cut: readonly CutValue[],
  ): void {
    const transaction = this.#transaction('a change');
    const relation = this.#relations.get(relationOid);
    if (!relation) throw outOfPlace(`a change of relation ${relationOid}, which was never announced`);
    for (const tuple of [before?.tuple, after]) {
      if (tuple && tuple.length !== relation.columns.length) {
        throw outOfPlace(`a row of ${tuple.length} columns for ${relation.schema}.${relation.table}, which has ${relation.columns.length}`);
      }
    }
    const change: Change = {
      op,
      relation,
      before: before?.tuple ?? null,
      beforeKind: before?.kind ?? 'none',
      after: after && before?.kind === 'full' ? fillUnchanged(after, before.tuple) : after,
      lsn,
      position: { systemId: this.systemId, commitLsn: transaction.commitLsn, seq: this.#seq, fromSnapshot: false },
      transaction,
      wireBytes,
      ...(cut.length > 0 ? { cut: withOldValues(cut, before?.kind === 'full' ? after : null) } : {}),
    };
    this.#seq += 1;
    this.onItem({ kind: 'change', change });
  }

  #transaction(what: string): TransactionInfo {
    if (!this.#open) throw outOfPlace(`${what} outside a transaction`);
    return this.#open;
  }
}

const NOTHING_CUT: readonly CutValue[] = [];

/** A value cut from the old row is cut from the new one too, when that leaves it out as unchanged. */
function withOldValues(cut: readonly CutValue[], after: Tuple | null): readonly CutValue[] {
  if (after === null) return cut;
  const named = new Set(cut.flatMap((value) => (value.side === 'after' ? [value.column] : [])));
  const carried = cut.filter((value) => value.side === 'before' && after[value.column] === UNCHANGED && !named.has(value.column));
  return [...cut, ...carried.map((value) => ({ ...value, side: 'after' as const }))];
}

function outOfPlace(what: string): SpillwayError {
  return new SpillwayError('protocol_error', `The server sent ${what}`);
}
