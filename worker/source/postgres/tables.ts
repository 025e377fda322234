import type { Client } from 'pg';
import type { TableInfo } from '@/core/dto/inspection';
import { quoteIdentifier } from '@/core/postgres/identifiers';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Relation, Tuple } from '@/worker/source/source';
import { withSource } from './connection';
import { latestRows, passingRows } from './row-count';
import { assertRowFilter } from './row-filter';
import { describeTables, type TableDescription } from './table-description';
import { publishedTable, RAW_TEXT, type TableRef } from './table-relation';

const SAMPLE_TIMEOUT_MS = 5_000;

/** Tables that can be published, by schema and name: permanent plain tables and partitioned roots, whether or not the role may read them. */
export async function listTables(source: SourceConnection): Promise<TableInfo[]> {
  return withSource(source, { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 15_000 }, async (client) => {
    const described = await describeTables(client);
    const writes = await lastWrites(client);
    return described.map((table) => tableInfo(table, writes.get(table.oid) ?? null));
  });
}

export function tableInfo(table: TableDescription, lastWriteAt: string | null): TableInfo {
  return {
    schema: table.schema,
    name: table.name,
    kind: table.relkind === 'p' ? 'partitioned' : 'table',
    estimatedRows: table.estimatedRows,
    totalBytes: table.totalBytes,
    lastWriteAt,
    replicaIdentity: table.replicaIdentity,
    primaryKey: table.primaryKey,
    identityColumns: table.identityColumns,
    identityRemedy: table.identityRemedy,
    columns: table.columns.map(({ name, type, nullable, generated, toastable }) => ({ name, type, nullable, generated, toastable })),
  };
}

/**
 * When a table's file was last written, which is up to one checkpoint after the row was. The server keeps no better time, and shows
 * this one only to roles that may call pg_stat_file; for others it is unknown.
 */
async function lastWrites(client: Client): Promise<Map<number, string>> {
  const allowed = await client.query<{ ok: boolean }>(
    `select has_function_privilege('pg_catalog.pg_stat_file(text,boolean)', 'execute') as ok`,
  );
  if (!allowed.rows[0]?.ok) return new Map();
  const found = await client.query<{ oid: string; at: string }>(
    `select c.oid::int8::text as oid,
            (select max(to_json((pg_stat_file(pg_relation_filepath(t.relid), true)).modification) #>> '{}')
               from (select c.oid as relid where c.relkind = 'r'
                     union all select l.relid from pg_partition_tree(c.oid) l where l.isleaf) t) as at
       from pg_class c where c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
        and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  );
  return new Map(found.rows.filter((row) => row.at).map((row) => [Number(row.oid), new Date(row.at).toISOString()]));
}

export interface SampleOptions {
  readonly source: SourceConnection;
  readonly table: TableRef;
  /** What the row filter is checked against. */
  readonly operations?: readonly string[];
  /** Default 5. */
  readonly limit?: number;
}
export interface Sample {
  readonly relation: Relation;
  /** In the server's text format, as on the stream. The latest rows by primary key that pass the row filter, or any rows without a key. */
  readonly rows: readonly Tuple[];
  /** How many of the latest rows pass the row filter; null without one. */
  readonly passing: { readonly sampled: number; readonly passing: number } | null;
}

/**
 * A few real rows for a preview; read only, ended by the server after 5 s. Throws table_missing, source_permission, invalid_input
 * (a row filter that the server would not take).
 */
export async function sampleRows({ source, table, operations = [], limit = 5 }: SampleOptions): Promise<Sample> {
  const session = { applicationName: 'spillway', readOnly: true, statementTimeoutMs: SAMPLE_TIMEOUT_MS };
  return withSource(source, session, async (client) => {
    const { relation, condition, description } = await publishedTable(client, table);
    if (table.rowFilter) await assertRowFilter(client, description, table.rowFilter, operations);
    const most = Math.max(1, Math.min(1_000, Math.trunc(limit)));
    const list = relation.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
    const all = description.columns.map(({ name }) => name);
    const text = `SELECT ${list} FROM ${latestRows(description, all)}${condition ? ` WHERE ${condition}` : ''} LIMIT ${most}`;
    const result = await client.query<(string | null)[]>({ text, rowMode: 'array', types: RAW_TEXT });
    const passing = table.rowFilter ? await passingRows(client, description, table.rowFilter) : null;
    return { relation, rows: result.rows, passing };
  });
}
