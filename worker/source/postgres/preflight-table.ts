import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { SourceSpec } from '@/core/spec/source';
import { generatedCheck, originCheck, partitionsCheck, rowFilterCheck } from './preflight-rows';
import { describeTable, type TableDescription } from './table-description';

const KINDS: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view', f: 'a foreign table' };

/** What a spec asks of its table: kind, rights, replica identity against operations, row-level security, columns, other publications. */
export async function tableChecks(
  client: Client,
  versionNum: number,
  spec: SourceSpec,
  publicationName: string | null,
): Promise<CheckStep[]> {
  const qualified = quoteQualified(spec.schema, spec.table.name);
  const table = await describeTable(client, spec.schema, spec.table.name);
  if (!table) {
    const finding = `There is no table ${qualified} in this database.`;
    return [{ name: 'Table', status: 'failed', finding, remedy: 'Choose a table of the list; names are case-sensitive.' }];
  }
  const kind = kindCheck(table, qualified);
  if (kind.status === 'failed') return [kind];
  const user = await client.query<{ name: string }>('select current_user::text as name');
  const role = quoteIdentifier(user.rows[0]?.name ?? '');
  return [
    kind,
    rightsCheck(table, qualified, role),
    ownershipCheck(table, qualified, role),
    await identityCheck(client, table, spec, qualified),
    columnsCheck(table, spec, versionNum),
    ...rowSecurityCheck(table, spec, role),
    ...(await rowFilterCheck(client, table, spec, versionNum)),
    ...partitionsCheck(table, spec),
    ...generatedCheck(table, spec, versionNum),
    ...originCheck(spec, versionNum),
    ...(await otherPublicationsCheck(client, table, publicationName)),
  ];
}

function kindCheck(table: TableDescription, qualified: string): CheckStep {
  const name = 'Table';
  const what =
    KINDS[table.relkind] ?? (table.persistence === 'u' ? 'an unlogged table' : table.persistence === 't' ? 'a temporary table' : null);
  if (what) {
    const remedy =
      table.persistence === 'u'
        ? `ALTER TABLE ${qualified} SET LOGGED; -- rewrites the table`
        : 'Choose the table that the data is written to.';
    return { name, status: 'failed', finding: `${qualified} is ${what}; its changes are not in the WAL.`, remedy };
  }
  return {
    name,
    status: 'ok',
    finding: `${qualified} is ${table.relkind === 'p' ? 'a partitioned table, published under its own name' : 'a plain table'}.`,
  };
}

function rightsCheck(table: TableDescription, qualified: string, role: string): CheckStep {
  const remedies = [
    ...(table.schemaUsable ? [] : [`GRANT USAGE ON SCHEMA ${quoteIdentifier(table.schema)} TO ${role};`]),
    ...(table.selectable ? [] : [`GRANT SELECT ON ${qualified} TO ${role};`]),
  ];
  if (remedies.length === 0) return { name: 'Right to read', status: 'ok', finding: `${role} may read ${qualified}.` };
  return {
    name: 'Right to read',
    status: 'failed',
    finding: `${role} may not read ${qualified}: no preview, no snapshot.`,
    remedy: remedies.join(' '),
  };
}

/** CREATE PUBLICATION … FOR TABLE needs ownership (Postgres docs), not only SELECT. */
function ownershipCheck(table: TableDescription, qualified: string, role: string): CheckStep {
  const name = 'Table ownership';
  if (table.owned) return { name, status: 'ok', finding: `${role} may publish ${qualified}.` };
  return {
    name,
    status: 'failed',
    finding: `${role} does not own ${qualified}, so it may not publish it.`,
    remedy: `GRANT ${quoteIdentifier(table.owner)} TO ${role}; -- a publication of a table needs its ownership`,
  };
}

/** Publishing updates or deletes of a table without identity breaks the application itself: its statements fail with 55000. */
async function identityCheck(client: Client, table: TableDescription, spec: SourceSpec, qualified: string): Promise<CheckStep> {
  const name = 'Replica identity';
  const needs = spec.operations.filter((operation) => operation === 'update' || operation === 'delete');
  if (needs.length === 0) return { name, status: 'ok', finding: 'Not needed: neither updates nor deletes are published.' };
  if (table.identityColumns.length === 0) {
    const finding = `${qualified} has none that identifies a row: publishing ${needs.join(' and ')} would make the application's own statements fail.`;
    return { name, status: 'failed', finding, remedy: `${table.identityRemedy}; -- or publish inserts only` };
  }
  const bare = table.relkind === 'p' ? await partitionsWithoutIdentity(client, table) : [];
  if (bare.length > 0) {
    const [first] = bare;
    return {
      name,
      status: 'failed',
      finding: `${bare.length} partition${bare.length === 1 ? ' has' : 's have'} none, such as ${first}.`,
      remedy: `ALTER TABLE ${first} REPLICA IDENTITY FULL;`,
    };
  }
  const hidden =
    spec.columns && table.replicaIdentity !== 'full' ? table.identityColumns.filter((column) => !spec.columns?.includes(column)) : [];
  if (hidden.length > 0) {
    return {
      name,
      status: 'failed',
      finding: `The column list leaves out ${hidden.map(quoteIdentifier).join(', ')}, which identifies rows.`,
      remedy: `Add ${hidden.map(quoteIdentifier).join(', ')} to the columns.`,
    };
  }
  if (table.replicaIdentity === 'full') {
    if (spec.columns) {
      return {
        name,
        status: 'failed',
        finding: 'REPLICA IDENTITY FULL needs every column, and the stream has a column list.',
        remedy: 'Leave the column list out, or use a primary key as identity.',
      };
    }
    const remedy =
      table.primaryKey.length > 0
        ? `ALTER TABLE ${qualified} REPLICA IDENTITY DEFAULT; -- unless old rows are wanted`
        : 'Give the table a primary key if it can have one.';
    return { name, status: 'warning', finding: 'FULL: every update and delete writes the whole old row to the WAL.', remedy };
  }
  return { name, status: 'ok', finding: `Rows are identified by ${table.identityColumns.join(', ')}.` };
}

/** The identity that counts is that of the partition written to, not that of the root. */
async function partitionsWithoutIdentity(client: Client, table: TableDescription): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_partition_tree($1::oid) t join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace
      where t.isleaf and c.relreplident <> 'f'
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indimmediate
                          and ((c.relreplident = 'd' and i.indisprimary) or (c.relreplident = 'i' and i.indisreplident)))`,
    [table.oid],
  );
  return found.rows.map((row) => row.name);
}

function columnsCheck(table: TableDescription, spec: SourceSpec, versionNum: number): CheckStep {
  const name = 'Columns';
  if (!spec.columns) return { name, status: 'ok', finding: `Every column is published: ${table.columns.length} now, later ones too.` };
  if (versionNum < 150_000)
    return { name, status: 'failed', finding: 'Column lists exist since PostgreSQL 15.', remedy: 'Leave the column list out.' };
  const unknown = spec.columns.filter((column) => !table.columns.some((known) => known.name === column));
  if (unknown.length > 0) {
    return {
      name,
      status: 'failed',
      finding: `There is no column ${unknown.map(quoteIdentifier).join(', ')}.`,
      remedy: 'Choose columns of the list; names are case-sensitive.',
    };
  }
  return { name, status: 'ok', finding: `${spec.columns.length} of ${table.columns.length} columns are published.` };
}

function rowSecurityCheck(table: TableDescription, spec: SourceSpec, role: string): CheckStep[] {
  if (!table.rowSecurity) return [];
  const finding = `Row-level security hides rows from ${role}: a snapshot cannot be complete.`;
  const status = deliversRows(spec.snapshot) ? 'failed' : 'warning';
  return [
    { name: 'Row-level security', status, finding, remedy: `ALTER ROLE ${role} BYPASSRLS; -- or declare the stream without a snapshot` },
  ];
}

async function otherPublicationsCheck(client: Client, table: TableDescription, own: string | null): Promise<CheckStep[]> {
  const found = await client.query<{ names: string[] }>(
    `select array(select p.pubname::text from pg_publication p
                   where p.pubname is distinct from $2 and (p.puballtables or exists
                     (select from pg_publication_rel r where r.prpubid = p.oid and r.prrelid = $1::oid)) order by 1) as names`,
    [table.oid, own],
  );
  const names = found.rows[0]?.names ?? [];
  return names.length > 0
    ? [{ name: 'Other publications', status: 'ok', finding: `Also published by ${names.join(', ')}; streams do not disturb each other.` }]
    : [];
}
