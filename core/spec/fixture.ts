import type { StreamSpec } from './stream-spec';

/** All changes of one table, existing rows first; for tests. */
export const ORDERS: StreamSpec['source'] = {
  type: 'PostgresLogicalReplication',
  database: 'shop',
  schema: 'public',
  table: { name: 'orders' },
  operations: ['insert', 'update', 'delete'],
  snapshot: 'initial',
};
