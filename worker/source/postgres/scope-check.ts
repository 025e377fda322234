import type { Client } from 'pg';
import type { SnapshotCheck } from '@/core/dto/inspection';
import { type FieldProblem, messageOf } from '@/core/errors';
import { quoteIdentifier } from '@/core/postgres/identifiers';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { keyOf } from './chunk-reader';
import { withSource } from './connection';
import { whyNoMessages } from './logical-message';
import { rowFilterProblem } from './row-filter';
import { estimateRows, scopeCondition } from './scope-condition';
import { sqlstateOf } from './source-error';
import { type PublishedTable, publishedTable, type TableRef } from './table-relation';

/** Asks the server whether these rows of the table can be read again beside its changes, and about how many they are. Throws table_missing, source_*. */
export async function checkScope(source: SourceConnection, ref: TableRef, scope: SnapshotScope): Promise<SnapshotCheck> {
  return withSource(source, { applicationName: 'spillway', statementTimeoutMs: 10_000 }, async (client): Promise<SnapshotCheck> => {
    const table = await publishedTable(client, ref);
    const key = keyOf(table.description, table.relation);
    const refuse = (field: string, value: unknown, remedy: string): SnapshotCheck => ({
      problems: [{ field, value, remedy }],
      key: key ?? [],
      estimatedRows: null,
    });
    if (!key) {
      const remedy = `add a primary key or REPLICA IDENTITY USING INDEX to ${ref.schema}.${ref.table} (and to the stream's columns): rows are read again in the order of a key`;
      return refuse('scope', scope.kind, remedy);
    }
    const unable = await whyNoMessages(client);
    if (unable) return refuse('scope', scope.kind, `${unable}: rows are read again between marks that are written on the source`);
    const problem = await problemOf(client, table, key, scope);
    if (problem) return { problems: [problem], key, estimatedRows: null };
    return { problems: [], key, estimatedRows: await estimateRows(client, table, scopeCondition(scope, key)) };
  });
}

async function problemOf(
  client: Client,
  { description, select }: PublishedTable,
  key: readonly string[],
  scope: SnapshotScope,
): Promise<FieldProblem | null> {
  if (scope.kind === 'table') return null;
  if (scope.kind === 'condition') {
    // Any column may be named: what publishes updates asks for the replica identity, reading does not.
    const found = await rowFilterProblem(client, description, scope.condition, ['insert']);
    return found && { field: 'scope.condition', value: scope.condition, remedy: `${found.finding} ${found.remedy}`.replace(/\.$/, '') };
  }
  for (const side of ['from', 'to'] as const) {
    const values = scope[side];
    if (!values) continue;
    const field = `scope.${side}`;
    if (values.length !== key.length) {
      return { field, value: values, remedy: `give ${key.length} values, for ${key.map(quoteIdentifier).join(', ')}` };
    }
    try {
      await client.query(`${select} WHERE ${scopeCondition({ kind: 'range', [side]: values }, key)} LIMIT 0`);
    } catch (thrown) {
      if (sqlstateOf(thrown) === null) throw thrown;
      return { field, value: values, remedy: `Postgres does not take it as a key (${key.join(', ')}): ${messageOf(thrown)}` };
    }
  }
  return null;
}
