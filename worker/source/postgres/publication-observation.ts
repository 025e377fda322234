import type { Client } from 'pg';

/** A publication as the server's catalog has it now. */
export interface ObservedPublication {
  readonly name: string;
  readonly allTables: boolean;
  readonly operations: readonly string[];
  /** Rows of partitions come under the name of the root. */
  readonly viaRoot: boolean;
  /** Stored generated columns are published (Postgres 18). */
  readonly generatedColumns: boolean;
  readonly comment: string | null;
  readonly tables: readonly ObservedMember[];
}
export interface ObservedMember {
  /** Unsigned 32 bits. */
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  /** Column list; null = every column. */
  readonly columns: readonly string[] | null;
  /** Row filter as the server prints it; null = none. */
  readonly filter: string | null;
}

/** Row filter and column list of a member exist since Postgres 15, generated columns since 18, hence to_jsonb. */
const OBSERVE = `
select p.pubname as name, p.puballtables as "allTables", p.pubviaroot as "viaRoot",
       coalesce(to_jsonb(p) ->> 'pubgencols' = 's', false) as "generatedColumns", obj_description(p.oid, 'pg_publication') as comment,
       array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                          case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null) as operations,
       coalesce((select jsonb_agg(jsonb_build_object('oid', c.oid::int8, 'schema', n.nspname, 'table', c.relname,
                   'filter', (select to_jsonb(v) ->> 'rowfilter' from pg_publication_tables v
                               where v.pubname = p.pubname and v.schemaname = n.nspname and v.tablename = c.relname),
                   'columns', (select jsonb_agg(a.attname order by a.attname) from pg_attribute a
                                where a.attrelid = c.oid and a.attnum = any(string_to_array(translate(to_jsonb(r) ->> 'prattrs', '[],', ''), ' ')::int2[]))))
                   from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
                  where r.prpubid = p.oid), '[]') as tables
  from pg_publication p where p.pubname = any($1)`;

/** The named publications of this connection's database; those that do not exist are left out. */
export async function readPublications(client: Client, names: readonly string[]): Promise<readonly ObservedPublication[]> {
  if (names.length === 0) return [];
  return (await client.query<ObservedPublication>(OBSERVE, [names])).rows;
}
