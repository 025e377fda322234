import type { Change } from '@/worker/source/source';

/**
 * Debezium's `transaction` of a data event; `id` is the xid and the LSN of the event's own record. A stream has one table, so the order
 * in the transaction and in the collection are one. It is the number of the change, the same however often the change is delivered;
 * a changed key is one change here, two to Debezium. A row that was read is in no transaction.
 */
export function transactionBlock({ transaction, position, op, lsn }: Change): string {
  if (transaction === null || op === 'r') return 'null';
  const order = position.seq + 1;
  return `{"id":"${transaction.xid}:${lsn}","total_order":${order},"data_collection_order":${order}}`;
}
