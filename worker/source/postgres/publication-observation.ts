import type { Client } from 'pg';

/** A publication as the server's catalog has it now. */
export interface ObservedPublication {
  readonly name: string;
  readonly operations: readonly string[];
  readonly tables: readonly ObservedMember[];
}
export interface ObservedMember {
  /** Unsigned 32 bits. */
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  /** Column list; null = every column. */
  readonly columns: readonly string[] | null;
  /** It has a row filter. */
  readonly filtered: boolean;
}

/** Row filter and column list of a member exist since Postgres 15, hence to_jsonb. */
const OBSERVE = `
select p.pubname as name,
       array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                          case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null) as operations,
       coalesce((select jsonb_agg(jsonb_build_object('oid', c.oid::int8, 'schema', n.nspname, 'table', c.relname,
                   'filtered', to_jsonb(r) ->> 'prqual' is not null,
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
