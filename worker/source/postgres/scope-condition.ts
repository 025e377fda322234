import type { Client } from 'pg';
import { quoteIdentifier, quoteLiteral } from '@/core/postgres/identifiers';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import { filterClause } from './row-filter';
import type { PublishedTable } from './table-relation';

/** What a scope adds behind WHERE, in parentheses where it needs them; null for the whole table. A condition was checked before (checkScope). */
export function scopeCondition(scope: SnapshotScope | undefined, key: readonly string[]): string | null {
  switch (scope?.kind) {
    case 'condition':
      return filterClause(scope.condition);
    case 'range': {
      const columns = `(${key.map(quoteIdentifier).join(', ')})`;
      const bound = (comparison: string, values: readonly string[] | undefined) =>
        values ? [`${columns} ${comparison} (${values.map(quoteLiteral).join(', ')})`] : [];
      return [...bound('>=', scope.from), ...bound('<=', scope.to)].join(' AND ');
    }
    case 'table':
    case undefined:
      return null;
  }
}

/** The planner's guess at how many rows of the table a condition and the row filter leave; null where it has no statistics. */
export async function estimateRows(
  client: Client,
  { description, select, condition }: PublishedTable,
  more: string | null,
): Promise<number | null> {
  if (description.estimatedRows <= 0) return null;
  const conditions = [condition, more].filter((one) => one !== null);
  if (conditions.length === 0) return description.estimatedRows;
  const plan = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `EXPLAIN (FORMAT JSON) ${select} WHERE ${conditions.join(' AND ')}`,
  );
  return plan.rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? null;
}
