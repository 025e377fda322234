import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '@/core/postgres/identifiers';
import { SQLSTATE } from '@/core/postgres/sqlstate';
import { OPERATIONS, type SourceSpec } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';
import { commentFor, readComment } from './publication-comment';
import { type ObservedPublication, readPublications } from './publication-observation';
import { filterClause } from './row-filter';
import { sqlstateOf } from './source-error';

/** What of a source part the publication carries. */
export type PublishedSpec = Pick<
  SourceSpec,
  'schema' | 'table' | 'operations' | 'columns' | 'rowFilter' | 'partitions' | 'generatedColumns'
>;

export interface EnsurePublicationOptions {
  readonly source: SourceConnection;
  readonly publicationName: string;
  readonly spec: PublishedSpec;
}
export interface EnsuredPublication {
  readonly outcome: 'created' | 'altered' | 'unchanged';
  /** The statements that were run, for the timeline. */
  readonly statements: readonly string[];
}

/**
 * Creates the stream's publication, or brings an existing one of that name to what the spec says by ALTER. Never drops one: a slot
 * cannot pass the place where its publication did not exist. Run before the slot is created, for the same reason. What the server made
 * of the row filter is kept in the publication's comment (publication-comment.ts), by which a later alteration is recognised.
 * Throws table_missing, source_permission, source_not_ready (an option that the server's version does not have), precondition_failed
 * (FOR ALL TABLES under our name).
 */
export async function ensurePublication(options: EnsurePublicationOptions): Promise<EnsuredPublication> {
  const session = { applicationName: 'spillway', statementTimeoutMs: 30_000, lockTimeoutMs: 10_000 };
  return withSource(options.source, session, async (client) => {
    const { publicationName, spec } = options;
    const version = await client.query<{ num: number }>(`select current_setting('server_version_num')::int as num`);
    const versionNum = version.rows[0]?.num ?? 0;
    requireVersion(versionNum, spec);
    const existing = await readPublication(client, publicationName);
    if (existing) return alter(client, options, existing, versionNum);
    const statement = `CREATE PUBLICATION ${quoteIdentifier(publicationName)} FOR TABLE ${tableClause(spec)} WITH (${optionsClause(spec, versionNum)})`;
    try {
      await inTransaction(client, async () => {
        await client.query(statement);
        if (spec.rowFilter) await describe(client, publicationName, spec.rowFilter);
      });
    } catch (thrown) {
      // Made by somebody else in this moment: compare instead.
      const appeared = sqlstateOf(thrown) === SQLSTATE.duplicateObject ? await readPublication(client, publicationName) : null;
      if (!appeared) throw thrown;
      return alter(client, options, appeared, versionNum);
    }
    return { outcome: 'created', statements: [statement] };
  });
}

async function readPublication(client: Client, name: string): Promise<ObservedPublication | null> {
  return (await readPublications(client, [name]))[0] ?? null;
}

async function alter(
  client: Client,
  { publicationName, spec }: EnsurePublicationOptions,
  existing: ObservedPublication,
  versionNum: number,
): Promise<EnsuredPublication> {
  if (existing.allTables) {
    throw new SpillwayError('precondition_failed', `Publication ${publicationName} is FOR ALL TABLES and was not made by Spillway`);
  }
  const name = quoteIdentifier(publicationName);
  const statements: string[] = [];
  // Options first: a row filter or column list of a partitioned table is refused while it is published by its leaves.
  if (!sameOptions(existing, spec)) statements.push(`ALTER PUBLICATION ${name} SET (${optionsClause(spec, versionNum)})`);
  if (!sameTable(existing, spec)) statements.push(`ALTER PUBLICATION ${name} SET TABLE ${tableClause(spec)}`);
  if (viaRoot(spec) === false) statements.reverse();
  if (statements.length === 0) return { outcome: 'unchanged', statements };
  await inTransaction(client, async () => {
    for (const statement of statements) await client.query(statement);
    if (spec.rowFilter || existing.comment) await describe(client, publicationName, spec.rowFilter ?? null);
  });
  return { outcome: 'altered', statements };
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}

/** Writes down which condition was declared and how the server prints it. */
async function describe(client: Client, name: string, declared: string | null): Promise<void> {
  const made = await readPublication(client, name);
  const printed = made?.tables[0]?.filter ?? null;
  const comment = declared && printed ? quoteLiteral(commentFor({ declared, printed })) : 'NULL';
  await client.query(`COMMENT ON PUBLICATION ${quoteIdentifier(name)} IS ${comment}`);
}

function sameOptions(existing: ObservedPublication, spec: PublishedSpec): boolean {
  return (
    existing.viaRoot === viaRoot(spec) &&
    existing.generatedColumns === (spec.generatedColumns === true) &&
    sameMembers(existing.operations, spec.operations)
  );
}

function sameTable(existing: ObservedPublication, spec: PublishedSpec): boolean {
  const [only, ...others] = existing.tables;
  if (!only || others.length > 0 || !sameFilter(existing, only.filter, spec.rowFilter)) return false;
  return only.schema === spec.schema && only.table === spec.table.name && sameMembers(only.columns ?? [], spec.columns ?? []);
}

function sameFilter(existing: ObservedPublication, printed: string | null, declared: string | undefined): boolean {
  if (!declared || printed === null) return !declared && printed === null;
  const made = readComment(existing.comment);
  return made?.declared === declared && made.printed === printed;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((entry) => right.includes(entry));
}

/** Refused by name instead of by a syntax error of the server. */
function requireVersion(versionNum: number, spec: PublishedSpec): void {
  if (spec.rowFilter && versionNum < 150_000) throw tooOld('a row filter', '15');
  if (spec.generatedColumns && versionNum < 180_000) throw tooOld('publishing generated columns', '18');
}

function tooOld(what: string, since: string): SpillwayError {
  return new SpillwayError('source_not_ready', `This server is older than PostgreSQL ${since}, which ${what} needs`);
}

/** Publishing via the root: changes of partitions come under the name of the table that was declared. */
function viaRoot({ partitions }: PublishedSpec): boolean {
  return partitions !== 'leaf';
}

function optionsClause(spec: PublishedSpec, versionNum: number): string {
  const publish = OPERATIONS.filter((operation) => spec.operations.includes(operation)).join(', ');
  const generated = versionNum >= 180_000 ? `, publish_generated_columns = ${spec.generatedColumns ? 'stored' : 'none'}` : '';
  return `publish = ${quoteLiteral(publish)}, publish_via_partition_root = ${viaRoot(spec)}${generated}`;
}

/** ONLY keeps inheritance children out, which would come under their own names; a partitioned table takes its partitions along anyway. */
function tableClause({ schema, table, columns, rowFilter }: PublishedSpec): string {
  const list = columns ? ` (${columns.map(quoteIdentifier).join(', ')})` : '';
  return `ONLY ${quoteQualified(schema, table.name)}${list}${rowFilter ? ` WHERE ${filterClause(rowFilter)}` : ''}`;
}
