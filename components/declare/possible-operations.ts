import type { TableInfo } from '@/core/dto/inspection';
import type { Operation } from '@/core/spec/source-choices';

/** Operations that the server can publish for a table without failing the application's own writes. */
export function possibleOperations(table: Pick<TableInfo, 'identityColumns' | 'replicaIdentity'>): Operation[] {
  const identified = table.replicaIdentity === 'full' || table.identityColumns.length > 0;
  return identified ? ['insert', 'update', 'delete', 'truncate'] : ['insert', 'truncate'];
}
