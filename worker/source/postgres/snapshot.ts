import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { applicationNameFor, quoteLiteral, quoteQualified } from '@/core/postgres/identifiers';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Change, Relation } from '@/worker/source/source';
import { connectSource, endQuietly } from './connection';
import { readChange } from './read-change';
import type { ExportedSnapshot } from './slot';
import { toSourceError } from './source-error';
import { blockRanges, mergedRows } from './table-readers';
import { type PublishedTable, publishedTable, type TableRef } from './table-relation';
import type { WireRow } from './wire-row';

export interface SnapshotOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  readonly epoch: number;
  readonly systemIdentifier: string;
  readonly table: TableRef;
  /**
   * The snapshot exported with the slot, and the slot's consistent point. null reads the table as it is now, for a snapshot that
   * was interrupted (an exported one dies with its connection): every row is there, and the stream, which still starts at the
   * slot's consistent point, repeats what happened in between.
   */
  readonly exported: { readonly snapshot: ExportedSnapshot; readonly consistentPoint: Lsn } | null;
  /** Connections that read side by side, each a range of the table's blocks, all in one snapshot; absent = 1. A partitioned table has one. */
  readonly readers?: number;
}

export interface SnapshotReading {
  readonly relation: Relation;
  /** By the planner's statistics; null when the table was never analysed. */
  readonly estimatedRows: number | null;
  /**
   * Every row as a change of op r, marked first, true … last, numbered from 0. Fetches only as fast as it is read from. Ends the
   * connection when it is exhausted, returned from or fails (SpillwayError).
   */
  readonly rows: AsyncGenerator<Change, void, undefined>;
  /** For a reading that was never started. */
  close(): Promise<void>;
}

/** Opens a consistent read of one table. Throws table_missing, source_permission, source_unreachable. */
export async function readSnapshot(options: SnapshotOptions): Promise<SnapshotReading> {
  const leader = await openReader(options);
  const clients = [leader];
  const close = async () => {
    await Promise.all(clients.map(endQuietly));
  };
  try {
    if (options.exported) await importSnapshot(leader, options.exported.snapshot.name);
    const commitLsn = options.exported?.consistentPoint ?? (await presentLsn(leader));
    const table = await publishedTable(leader, options.table);
    const ranges = await rangesOf(leader, table, options.readers ?? 1);
    if (ranges.length > 1) {
      const name = options.exported?.snapshot.name ?? (await exportSnapshot(leader));
      for (let reader = 1; reader < ranges.length; reader++) {
        const client = await openReader(options);
        clients.push(client);
        await importSnapshot(client, name);
      }
    }
    const selects = clients.map((_, index) => `${table.select} WHERE ${[table.condition, ranges[index]].filter(Boolean).join(' AND ')}`);
    const { relation, description } = table;
    const position = { systemId: options.systemIdentifier, commitLsn, fromSnapshot: true as const };
    return {
      relation,
      estimatedRows: description.estimatedRows > 0 ? description.estimatedRows : null,
      rows: readRows(clients, selects, table, position, close),
      close,
    };
  } catch (thrown) {
    await close();
    throw toSourceError(thrown, 'Starting the snapshot failed');
  }
}

/** Rows in the order of their blocks, and no more of the server's cores than there are readers. */
const NO_HELPERS = 'max_parallel_workers_per_gather=0';

async function openReader({ source, streamId, epoch }: SnapshotOptions): Promise<Client> {
  const client = await connectSource(source, {
    applicationName: applicationNameFor(streamId, epoch),
    // With row_security off the server refuses to leave rows out silently; a steady scan order keeps a repeated read in step.
    settings: ['row_security=off', 'synchronize_seqscans=off', 'idle_in_transaction_session_timeout=0', 'statement_timeout=0', NO_HELPERS],
  });
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return client;
}

async function importSnapshot(client: Client, name: string): Promise<void> {
  await client.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(name)}`);
}

async function exportSnapshot(client: Client): Promise<string> {
  const answer = await client.query<{ name: string }>('select pg_export_snapshot() as name');
  return answer.rows[0]?.name ?? '';
}

async function presentLsn(client: Client): Promise<Lsn> {
  const answer = await client.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
  return parseLsn(answer.rows[0]?.lsn ?? '0/0');
}

/** A lock keeps rows in their blocks until the end: nothing may rewrite the table between two readers. */
async function rangesOf(client: Client, { description }: PublishedTable, readers: number): Promise<string[]> {
  if (readers === 1 || description.relkind !== 'r') return ['true'];
  await client.query(`LOCK TABLE ONLY ${quoteQualified(description.schema, description.name)} IN ACCESS SHARE MODE`);
  const answer = await client.query<{ blocks: string }>(
    `select (pg_relation_size($1::oid) / current_setting('block_size')::int)::text as blocks`,
    [description.oid],
  );
  return blockRanges(Number(answer.rows[0]?.blocks ?? 0), readers);
}

type SnapshotPosition = Omit<Change['position'], 'seq'>;

async function* readRows(
  clients: readonly Client[],
  selects: readonly string[],
  table: PublishedTable,
  position: SnapshotPosition,
  close: () => Promise<void>,
): AsyncGenerator<Change, void, undefined> {
  try {
    let seq = 0;
    let held: WireRow | null = null;
    const change = (row: WireRow, mark: 'first' | 'true' | 'last') => readChange(table, row, mark, () => ({ ...position, seq }));
    for await (const rows of mergedRows(clients, selects, table.columns)) {
      for (const row of rows) {
        // One row is held back, because only the next one tells that it was not the last.
        if (held) {
          yield change(held, seq === 0 ? 'first' : 'true');
          seq += 1;
        }
        held = row;
      }
    }
    if (held) yield change(held, 'last');
  } catch (thrown) {
    throw thrown instanceof SpillwayError ? thrown : toSourceError(thrown, 'Reading the snapshot failed');
  } finally {
    await close();
  }
}
