import type { Client } from 'pg';
import type { CatalogFacts, ResolvedType } from './relation-cache';

/**
 * The primary key, else the first unique index by name, as Debezium takes it (JdbcConnection.readTableUniqueIndices), when it can stand
 * for one: on plain columns that are never null, of all rows, checked at once.
 */
const KEY = `
select coalesce((
  select array(select a.attname::text
                 from unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                where k.place <= i.indnkeyatts order by k.place)
    from pg_index i join pg_class x on x.oid = i.indexrelid
   where i.indrelid = c.oid
     and (i.indisprimary or (i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null
          and not exists (select from unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
                            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                           where k.place <= i.indnkeyatts and a.attnotnull is not true)))
   order by i.indisprimary desc, x.relname limit 1), '{}') as columns
  from pg_class c where c.oid = $1::oid`;

/** Follows domains, and the domain that an array is of, down to their base type; the first type modifier on the way holds. */
const TYPES = `
with recursive step as (
  select a.oid as asked, case when d.oid is null then '' else '_' end as prefix, t.typname, t.typtype, t.typbasetype, t.typtypmod, -1 as typmod
    from pg_type a left join pg_type d on d.oid = a.typelem and a.typcategory = 'A' and a.typtype = 'b' and d.typtype = 'd'
    join pg_type t on t.oid = coalesce(d.oid, a.oid) where a.oid = any($1::oid[])
  union all
  select s.asked, s.prefix, b.typname, b.typtype, b.typbasetype, b.typtypmod,
         case when s.typmod <> -1 then s.typmod else s.typtypmod end
    from step s join pg_type b on b.oid = s.typbasetype where s.typtype = 'd')
select asked::text as oid, prefix || typname::text as name, typmod::text as typmod from step where typtype <> 'd'`;

/** Key of a relation and names of types, from the source's catalog as it is now. */
export async function lookUpCatalog(client: Client, relationOid: number, typeOids: readonly number[]): Promise<CatalogFacts> {
  const key = await client.query<{ columns: string[] }>(KEY, [relationOid]);
  return { primaryKey: key.rows[0]?.columns ?? null, types: await lookUpTypes(client, typeOids) };
}

/** Names of types by oid; a domain stands for its base type. */
export async function lookUpTypes(client: Client, typeOids: readonly number[]): Promise<Map<number, ResolvedType>> {
  if (typeOids.length === 0) return new Map();
  const found = await client.query<{ oid: string; name: string; typmod: string }>(TYPES, [typeOids]);
  return new Map(found.rows.map((row) => [Number(row.oid), { name: row.name, typeModifier: Number(row.typmod) }]));
}
