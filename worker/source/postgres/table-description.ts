import type { Client } from 'pg';
import type { TableColumn, TableInfo } from '@/core/dto/inspection';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';

/** A table as the source's catalog has it; more than the picker shows. */
export interface TableDescription extends Omit<TableInfo, 'kind' | 'columns' | 'lastWriteAt'> {
  readonly oid: number;
  /** pg_class.relkind: r, p; also v, m, f when asked for by name. */
  readonly relkind: string;
  /** pg_class.relpersistence: p, u (unlogged), t (temporary). */
  readonly persistence: string;
  readonly rowSecurity: boolean;
  readonly owner: string;
  /** The role is the owner, or a member of it: may put the table into a publication. */
  readonly owned: boolean;
  readonly selectable: boolean;
  readonly schemaUsable: boolean;
  readonly columns: readonly DescribedColumn[];
  /** What the key of an event is made of: the primary key, else the first unique index that identifies rows. */
  readonly keyColumns: readonly string[];
}
export interface DescribedColumn extends TableColumn {
  /** Generated and kept in the row, as opposed to virtual ones (Postgres 18), which cannot be published. */
  readonly stored: boolean;
  readonly typeOid: number;
  readonly typeModifier: number;
}

const DESCRIBE = `
select c.oid::int8::text as oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as relkind,
       c.relpersistence::text as persistence, c.relreplident::text as identity, c.relrowsecurity and not row_security_bypassed as rls,
       (case when c.relkind = 'p' then (select coalesce(sum(nullif(l.reltuples, -1)), 0) from pg_partition_tree(c.oid) t
                                          join pg_class l on l.oid = t.relid where t.isleaf)
             -- never analysed or too small to have been: the counter of the statistics collector knows better
             when c.reltuples <= 0 then greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)) else c.reltuples end)::float8 as rows,
       (case when c.relkind = 'p' then (select coalesce(sum(pg_total_relation_size(t.relid)), 0) from pg_partition_tree(c.oid) t where t.isleaf)
             when c.relkind in ('r', 'm') then pg_total_relation_size(c.oid) else 0 end)::text as bytes,
       pg_get_userbyid(c.relowner)::text as owner, pg_has_role(c.relowner, 'USAGE') as owned, has_table_privilege(c.oid, 'SELECT') as selectable,
       has_schema_privilege(n.oid, 'USAGE') as schema_usable,
       (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
                 'generated', a.attgenerated <> '', 'stored', a.attgenerated = 's', 'toastable', a.attstorage in ('x', 'e'), 'typeOid', a.atttypid::int8,
                 'typeModifier', a.atttypmod) order by a.attnum)
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select jsonb_agg(jsonb_build_object('name', x.relname, 'primary', i.indisprimary, 'immediate', i.indimmediate,
                 'identity', i.indisreplident, 'usable', i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null
                    and not exists (select from unnest(i.indkey::int2[]) with ordinality k(attnum, place)
                                      left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                                     where k.place <= i.indnkeyatts and a.attnotnull is not true),
                 'columns', (select jsonb_agg(a.attname order by k.place) from unnest(i.indkey::int2[]) with ordinality k(attnum, place)
                               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= i.indnkeyatts)) order by i.indisprimary desc, x.relname)
          from pg_index i join pg_class x on x.oid = i.indexrelid
         where i.indrelid = c.oid and i.indisunique) as indexes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  cross join (select rolsuper or rolbypassrls as row_security_bypassed from pg_roles where rolname = current_user) r`;

interface Index {
  name: string;
  primary: boolean;
  immediate: boolean;
  identity: boolean;
  usable: boolean;
  columns: string[] | null;
}
interface Row {
  oid: string;
  schema: string;
  name: string;
  relkind: string;
  persistence: string;
  identity: string;
  rls: boolean;
  rows: number;
  bytes: string;
  owner: string;
  owned: boolean;
  selectable: boolean;
  schema_usable: boolean;
  columns: DescribedColumn[] | null;
  indexes: Index[] | null;
}

/** One relation by name, of any kind; null when there is none (or the role cannot see its schema: the catalog still shows it). */
export async function describeTable(client: Client, schema: string, name: string): Promise<TableDescription | null> {
  const found = await client.query<Row>(`${DESCRIBE} where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`, [
    schema,
    name,
  ]);
  return found.rows[0] ? descriptionOf(found.rows[0]) : null;
}

/** Partitions that hold rows, at any depth below a partitioned table. */
export async function describeLeaves(client: Client, root: number): Promise<TableDescription[]> {
  const found = await client.query<Row>(`${DESCRIBE} where c.oid in (select relid from pg_partition_tree($1::oid) where isleaf)`, [root]);
  return found.rows.map(descriptionOf);
}

/** Every table that can be published: permanent plain tables and partitioned roots outside the system schemas. */
export async function describeTables(client: Client): Promise<TableDescription[]> {
  const found = await client.query<Row>(
    `${DESCRIBE} where c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
       and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_' order by n.nspname, c.relname`,
  );
  return found.rows.map(descriptionOf);
}

const IDENTITIES = { d: 'default', n: 'nothing', f: 'full', i: 'index' } as const;

function descriptionOf(row: Row): TableDescription {
  const indexes = row.indexes ?? [];
  const columns = row.columns ?? [];
  const replicaIdentity = IDENTITIES[row.identity as keyof typeof IDENTITIES];
  const primaryKey = indexes.find((index) => index.primary)?.columns ?? [];
  const identityColumns = identityColumnsOf(replicaIdentity, indexes, columns);
  return {
    oid: Number(row.oid),
    schema: row.schema,
    name: row.name,
    relkind: row.relkind,
    persistence: row.persistence,
    rowSecurity: row.rls,
    owner: row.owner,
    owned: row.owned,
    selectable: row.selectable,
    schemaUsable: row.schema_usable,
    estimatedRows: Math.max(0, Math.round(row.rows)),
    totalBytes: Number(row.bytes),
    replicaIdentity,
    primaryKey,
    keyColumns: primaryKey.length > 0 ? primaryKey : (indexes.find((index) => index.usable)?.columns ?? []),
    identityColumns,
    identityRemedy: identityColumns.length > 0 ? null : identityRemedy(row, indexes),
    columns,
  };
}

/** A deferrable primary key does not count: the server does not use it to identify rows. */
function identityColumnsOf(identity: TableInfo['replicaIdentity'], indexes: Index[], columns: DescribedColumn[]): readonly string[] {
  switch (identity) {
    case 'default':
      return indexes.find((index) => index.primary && index.immediate)?.columns ?? [];
    case 'index':
      return indexes.find((index) => index.identity)?.columns ?? [];
    case 'full':
      return columns.map((column) => column.name);
    case 'nothing':
      return [];
  }
}

function identityRemedy(row: Row, indexes: Index[]): string {
  const alter = `ALTER TABLE ${quoteQualified(row.schema, row.name)} REPLICA IDENTITY`;
  if (indexes.some((index) => index.primary && index.immediate)) return `${alter} DEFAULT`;
  const usable = indexes.find((index) => index.usable);
  return usable ? `${alter} USING INDEX ${quoteIdentifier(usable.name)}` : `${alter} FULL`;
}
