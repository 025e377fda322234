import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { applicationNameFor, quoteLiteral } from '@/core/postgres/identifiers';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Change, Relation, Tuple } from '@/worker/source/source';
import { connectSource, endQuietly } from './connection';
import type { ExportedSnapshot } from './slot';
import { toSourceError } from './source-error';
import { type PlacedRow, type PublishedTable, publishedTable, RAW_TEXT, type TableRef } from './table-relation';

const MOST_ROWS = 1000;
const FIRST_ROWS = 100;
/** A fetch aims at this many bytes, so that wide rows do not fill the memory. */
const FETCH_BYTES = 4 * 1024 * 1024;

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
  const client = await connectSource(options.source, {
    applicationName: applicationNameFor(options.streamId, options.epoch),
    // With row_security off the server refuses to leave rows out silently; a steady scan order keeps a repeated read in step.
    settings: ['row_security=off', 'synchronize_seqscans=off', 'idle_in_transaction_session_timeout=0', 'statement_timeout=0'],
  });
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const commitLsn = await startAt(client, options);
    const { relation, select, condition, place, description } = await publishedTable(client, options.table);
    await client.query(`DECLARE spillway_rows NO SCROLL CURSOR FOR ${select}${condition ? ` WHERE ${condition}` : ''}`);
    const position = { systemId: options.systemIdentifier, commitLsn, fromSnapshot: true as const };
    return {
      relation,
      estimatedRows: description.estimatedRows > 0 ? description.estimatedRows : null,
      rows: readRows(client, place, position),
      close: () => endQuietly(client),
    };
  } catch (thrown) {
    await endQuietly(client);
    throw toSourceError(thrown, 'Starting the snapshot failed');
  }
}

async function startAt(client: Client, { exported }: SnapshotOptions): Promise<Lsn> {
  if (exported) {
    await client.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(exported.snapshot.name)}`);
    return exported.consistentPoint;
  }
  const answer = await client.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
  return parseLsn(answer.rows[0]?.lsn ?? '0/0');
}

type SnapshotPosition = Omit<Change['position'], 'seq'>;

async function* readRows(
  client: Client,
  place: PublishedTable['place'],
  position: SnapshotPosition,
): AsyncGenerator<Change, void, undefined> {
  try {
    let seq = 0;
    let held: Tuple | null = null;
    let want = FIRST_ROWS;
    for (;;) {
      const tuples = await fetchRows(client, want);
      for (const tuple of tuples) {
        // One row is held back, because only the next one tells that it was not the last.
        if (held) yield snapshotChange(place(held), { ...position, seq: seq++ }, false);
        held = tuple;
      }
      if (tuples.length < want) break;
      const bytes = tuples.reduce((sum, tuple) => sum + textBytes(tuple), 0);
      want = Math.max(1, Math.min(MOST_ROWS, Math.floor(FETCH_BYTES / Math.max(1, bytes / tuples.length))));
    }
    if (held) yield snapshotChange(place(held), { ...position, seq }, true);
  } catch (thrown) {
    throw thrown instanceof SpillwayError ? thrown : toSourceError(thrown, 'Reading the snapshot failed');
  } finally {
    await endQuietly(client);
  }
}

async function fetchRows(client: Client, count: number): Promise<Tuple[]> {
  const result = await client.query<(string | null)[]>({ text: `FETCH ${count} FROM spillway_rows`, rowMode: 'array', types: RAW_TEXT });
  return result.rows;
}

function snapshotChange({ relation, tuple: after }: PlacedRow, position: Change['position'], last: boolean): Change {
  return {
    op: 'r',
    relation,
    before: null,
    beforeKind: 'none',
    after,
    lsn: 0n,
    position,
    transaction: null,
    snapshot: last ? 'last' : position.seq === 0 ? 'first' : 'true',
    wireBytes: textBytes(after),
  };
}

function textBytes(tuple: Tuple): number {
  return tuple.reduce((sum, value) => sum + 8 + (typeof value === 'string' ? value.length : 0), 0);
}
