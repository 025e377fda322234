import type { Change } from '@/worker/source/source';

/**
 * Debezium's `transaction` of a data event. A stream has one table, so the order in the transaction and in the collection are one.
 * It follows the change's own number, which is the same however often the change is delivered; a changed key is one change here,
 * two to Debezium. A row that was read is in no transaction.
 */
export function transactionBlock({ transaction, position, op }: Change): string {
  if (transaction === null || op === 'r') return 'null';
  const order = position.seq + 1;
  return `{"id":"${transaction.xid}","total_order":${order},"data_collection_order":${order}}`;
}
