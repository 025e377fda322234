import type { Column, PlainChange, Relation, Tuple } from '@/worker/source/source';

const column = (name: string, typeName: string, primaryKey = false): Column => ({
  name,
  typeOid: 0,
  typeModifier: -1,
  typeName,
  primaryKey,
  identity: primaryKey,
});

/** A table of orders for tests of filters: id int8, status text, amount numeric, ref int8, note text, paid bool, at timestamptz. */
export const ORDERS: Relation = {
  oid: 1,
  schema: 'shop',
  table: 'orders',
  replicaIdentity: 'default',
  columns: [
    column('id', 'int8', true),
    column('status', 'text'),
    column('amount', 'numeric'),
    column('ref', 'int8'),
    column('note', 'text'),
    column('paid', 'bool'),
    column('at', 'timestamptz'),
  ],
};
export const FULL: Relation = { ...ORDERS, replicaIdentity: 'full', columns: ORDERS.columns.map((each) => ({ ...each, identity: true })) };

/** An order; values by name, the others as in this one. */
export function order(values: Partial<Record<string, Tuple[number]>> = {}): Tuple {
  const row: Partial<Record<string, Tuple[number]>> = {
    id: '7',
    status: 'paid',
    amount: '12.50',
    ref: '9007199254740993',
    note: 'a',
    paid: 't',
    at: '2026-03-01 12:30:00.25+00',
    ...values,
  };
  return ORDERS.columns.map(({ name }) => row[name] ?? null);
}

/** A change of an order; an insert unless `part` says otherwise. */
export function orderChange(part: Partial<PlainChange> = {}): PlainChange {
  return {
    op: 'c',
    relation: ORDERS,
    before: null,
    beforeKind: 'none',
    after: order(),
    lsn: 123_457n,
    position: { systemId: '7', commitLsn: 123_500n, seq: 0, fromSnapshot: false },
    transaction: { xid: 571, commitLsn: 123_500n, commitTimeUs: 1_772_368_200_000_000n, previousCommitLsn: null },
    wireBytes: 100,
    ...part,
  };
}
export const update = (before: Tuple, after: Tuple): PlainChange =>
  orderChange({ op: 'u', relation: FULL, before, beforeKind: 'full', after });
