import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '@/core/postgres/identifiers';
import { SQLSTATE } from '@/core/postgres/sqlstate';
import { OPERATIONS, type SourceSpec } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';
import { sqlstateOf } from './source-error';

export interface EnsurePublicationOptions {
  readonly source: SourceConnection;
  readonly publicationName: string;
  readonly spec: Pick<SourceSpec, 'schema' | 'table' | 'operations' | 'columns'>;
}
export interface EnsuredPublication {
  readonly outcome: 'created' | 'altered' | 'unchanged';
  /** The statements that were run, for the timeline. */
  readonly statements: readonly string[];
}

/** Publishing via the root: changes of partitions come under the name of the table that was declared. */
function optionsClause(operations: readonly string[]): string {
  const publish = OPERATIONS.filter((operation) => operations.includes(operation)).join(', ');
  return `publish = ${quoteLiteral(publish)}, publish_via_partition_root = true`;
}

interface Existing {
  all_tables: boolean;
  via_root: boolean;
  operations: string[];
  tables: { schema: string; table: string; columns: string[] | null; filtered: boolean }[];
}

/** Publication as it is; the row filter and the column list of a member exist since Postgres 15, hence to_jsonb. */
const EXISTING = `
select p.puballtables as all_tables, p.pubviaroot as via_root,
       array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                          case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null) as operations,
       coalesce((select jsonb_agg(jsonb_build_object('schema', n.nspname, 'table', c.relname,
                   'filtered', to_jsonb(r) ->> 'prqual' is not null,
                   'columns', (select jsonb_agg(a.attname order by a.attname) from pg_attribute a
                                where a.attrelid = c.oid and a.attnum = any(string_to_array(translate(to_jsonb(r) ->> 'prattrs', '[],', ''), ' ')::int2[]))))
                   from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
                  where r.prpubid = p.oid), '[]') as tables
  from pg_publication p where p.pubname = $1`;

/**
 * Creates the stream's publication, or brings an existing one of that name to what the spec says by ALTER. Never drops one: a slot
 * cannot pass the place where its publication did not exist. Run before the slot is created, for the same reason.
 * Throws table_missing, source_permission, precondition_failed (FOR ALL TABLES under our name).
 */
export async function ensurePublication(options: EnsurePublicationOptions): Promise<EnsuredPublication> {
  const session = { applicationName: 'spillway', statementTimeoutMs: 30_000, lockTimeoutMs: 10_000 };
  return withSource(options.source, session, async (client) => {
    const existing = await readPublication(client, options.publicationName);
    if (existing) return alter(client, options, existing);
    const { publicationName, spec } = options;
    const statement = `CREATE PUBLICATION ${quoteIdentifier(publicationName)} FOR TABLE ${tableClause(spec)} WITH (${optionsClause(spec.operations)})`;
    try {
      await client.query(statement);
    } catch (thrown) {
      // Made by somebody else in this moment: compare instead.
      const appeared = sqlstateOf(thrown) === SQLSTATE.duplicateObject ? await readPublication(client, publicationName) : null;
      if (!appeared) throw thrown;
      return alter(client, options, appeared);
    }
    return { outcome: 'created', statements: [statement] };
  });
}

async function readPublication(client: Client, name: string): Promise<Existing | null> {
  return (await client.query<Existing>(EXISTING, [name])).rows[0] ?? null;
}

async function alter(client: Client, { publicationName, spec }: EnsurePublicationOptions, existing: Existing): Promise<EnsuredPublication> {
  if (existing.all_tables) {
    throw new SpillwayError('precondition_failed', `Publication ${publicationName} is FOR ALL TABLES and was not made by Spillway`);
  }
  const name = quoteIdentifier(publicationName);
  const statements: string[] = [];
  if (!sameTable(existing, spec)) statements.push(`ALTER PUBLICATION ${name} SET TABLE ${tableClause(spec)}`);
  if (!existing.via_root || !sameMembers(existing.operations, spec.operations)) {
    statements.push(`ALTER PUBLICATION ${name} SET (${optionsClause(spec.operations)})`);
  }
  for (const statement of statements) await client.query(statement);
  return { outcome: statements.length > 0 ? 'altered' : 'unchanged', statements };
}

function sameTable(existing: Existing, spec: EnsurePublicationOptions['spec']): boolean {
  const [only, ...others] = existing.tables;
  if (!only || others.length > 0 || only.filtered) return false;
  return only.schema === spec.schema && only.table === spec.table.name && sameMembers(only.columns ?? [], spec.columns ?? []);
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((entry) => right.includes(entry));
}

/** ONLY keeps inheritance children out, which would come under their own names; a partitioned table takes its partitions along anyway. */
function tableClause({ schema, table, columns }: EnsurePublicationOptions['spec']): string {
  const list = columns ? ` (${columns.map(quoteIdentifier).join(', ')})` : '';
  return `ONLY ${quoteQualified(schema, table.name)}${list}`;
}
