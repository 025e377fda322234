import type { SourceSpec } from '@/core/spec/source';
import type { Query } from './catalog';

/** Other living streams that read the same table of the same source: names. */
export async function streamsOnTable(query: Query, { database, schema, table }: SourceSpec, exceptName: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT s.name FROM stream s JOIN stream_revision r ON r.id = s.current_revision_id
     WHERE s.state <> 'retired' AND s.desired IN ('running', 'paused') AND s.name <> $4
       AND r.spec -> 'source' ->> 'database' = $1 AND r.spec -> 'source' ->> 'schema' = $2 AND r.spec -> 'source' -> 'table' ->> 'name' = $3
     ORDER BY s.name LIMIT 20`,
    [database, schema, table.name, exceptName],
  );
  return rows.map((row) => row.name);
}

/** Slots that Spillway holds on a server. */
export async function countProvisions(query: Query, sourceId: string): Promise<number> {
  const rows = await query<{ count: number }>(`SELECT count(*)::int AS count FROM provision WHERE source_id = $1 AND status <> 'dropped'`, [
    sourceId,
  ]);
  return rows[0]?.count ?? 0;
}
