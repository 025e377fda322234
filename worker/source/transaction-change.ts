import type { Change, Column, EventPosition, Relation, TransactionInfo } from './source';

const column = (name: string, typeOid: number, typeName: string, key = false): Column => ({
  name,
  typeOid,
  typeModifier: -1,
  typeName,
  primaryKey: key,
  identity: key,
});

/** Stands for the table of what tells where transactions begin and end: Debezium's fields of such a record. */
const TRANSACTIONS: Relation = {
  oid: 0,
  schema: '',
  table: '',
  replicaIdentity: 'default',
  columns: [
    column('id', 25, 'text', true),
    column('status', 25, 'text'),
    column('event_count', 20, 'int8'),
    column('data_collections', 114, 'json'),
    column('ts_ms', 20, 'int8'),
  ],
};

/** Events of one transaction by `schema.table`, in the order of their first. */
export type EventCounts = ReadonlyMap<string, number>;

/**
 * BEGIN or END of a transaction as a change of operation m. `id` is `xid:LSN` of that record as with Debezium, so the two differ behind
 * the colon. `counts` and `endLsn` belong to END.
 */
export function transactionChange(
  systemId: string,
  transaction: TransactionInfo,
  boundary: NonNullable<EventPosition['boundary']>,
  end: { readonly counts: EventCounts; readonly endLsn: bigint } | null,
): Change {
  const lsn = end?.endLsn ?? transaction.firstLsn ?? transaction.commitLsn;
  const total = end ? [...end.counts.values()].reduce((sum, count) => sum + count, 0) : null;
  const collections = end ? [...end.counts].map(([name, count]) => ({ data_collection: name, event_count: count })) : null;
  return {
    op: 'm',
    relation: TRANSACTIONS,
    before: null,
    beforeKind: 'none',
    after: [
      `${transaction.xid}:${lsn}`,
      boundary === 'begin' ? 'BEGIN' : 'END',
      total === null ? null : String(total),
      collections && JSON.stringify(collections),
      String(transaction.commitTimeUs / 1000n),
    ],
    lsn,
    position: { systemId, commitLsn: transaction.commitLsn, seq: 0, fromSnapshot: false, boundary },
    transaction,
    wireBytes: 0,
  };
}
