import type { Client } from 'pg';
import { messageOf, SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';
import { filterClause } from './row-filter';
import { sqlstateOf } from './source-error';
import type { TableDescription } from './table-description';

/** Rows that a filter is tried on: the latest by primary key, or any without one. Bounded, so that no filter makes a look long. */
export const SAMPLED_ROWS = 200;

/** `SELECT columns FROM … LIMIT 200` of the latest rows, in parentheses and named. */
export function latestRows(table: TableDescription, columns: readonly string[]): string {
  const only = table.relkind === 'p' ? '' : 'ONLY ';
  const order = table.primaryKey.map((column) => `${quoteIdentifier(column)} DESC`).join(', ');
  return `(SELECT ${columns.map(quoteIdentifier).join(', ')} FROM ${only}${quoteQualified(table.schema, table.name)}${order ? ` ORDER BY ${order}` : ''} LIMIT ${SAMPLED_ROWS}) AS "spillway row"`;
}

/**
 * How many of the latest rows pass a filter, which has to be checked before (row-filter.ts). Throws invalid_input when the condition
 * fails on a real row (a cast, a division): the server would run it while it decodes, and the stream would end there.
 */
export async function passingRows(
  client: Client,
  table: TableDescription,
  rowFilter: string,
): Promise<{ sampled: number; passing: number }> {
  const names = table.columns.map(({ name }) => name);
  try {
    const counted = await client.query<{ sampled: number; passing: number }>(
      `SELECT count(*)::int AS sampled, count(*) FILTER (WHERE ${filterClause(rowFilter)})::int AS passing FROM ${latestRows(table, names)}`,
    );
    return counted.rows[0] ?? { sampled: 0, passing: 0 };
  } catch (thrown) {
    // Class 22: data exception.
    if (!sqlstateOf(thrown)?.startsWith('22')) throw thrown;
    const remedy = `it fails on a row that is there: Postgres says: ${messageOf(thrown)}`;
    throw new SpillwayError('invalid_input', `The row filter fails on a row that is there: ${messageOf(thrown)}`, {
      problems: [{ field: 'source.rowFilter', value: rowFilter, remedy }],
    });
  }
}
