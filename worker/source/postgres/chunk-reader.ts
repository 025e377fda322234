import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { applicationNameFor, quoteIdentifier, quoteLiteral } from '@/core/postgres/identifiers';
import type { SlotLook } from '@/core/postgres/snapshot-guard';
import { type SnapshotScope, scopeWords } from '@/core/spec/snapshot-scope';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Relation, Tuple } from '@/worker/source/source';
import { connectSource, endQuietly, withSource } from './connection';
import { emitMessage, whyNoMessages } from './logical-message';
import { estimateRows, scopeCondition } from './scope-condition';
import { sqlstateOf, toSourceError } from './source-error';
import type { TableDescription } from './table-description';
import { tupleBytes } from './table-readers';
import { type PlacedRow, publishedTable, RAW_TEXT, type TableRef } from './table-relation';
import { parseSnapshot, runningIn, type VisibleSet } from './visible-set';

export interface ChunkOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  readonly epoch: number;
  readonly slotName: string;
  readonly table: TableRef;
  /** Rows that are read; absent = all. Errors of theirs are `invalid_input`. */
  readonly scope?: SnapshotScope;
}
/** How the existing rows of a table can be read. */
export type ReadingPlan =
  | { readonly kind: 'chunks'; readonly key: readonly string[]; readonly estimatedRows: number | null }
  /** In one pass, under the snapshot that was exported with the slot. */
  | { readonly kind: 'whole'; readonly reason: string };

/** Rows of the table that follow a key, as they were at one moment. */
export interface Chunk {
  readonly relation: Relation;
  /** Columns of the key; every one of them is among those of the relation. */
  readonly key: readonly string[];
  readonly rows: readonly Tuple[];
  /** A row as the event that carries it names and orders it: published by its leaves, a partitioned table's rows have the leaf's relation. */
  readonly place: (row: Tuple) => PlacedRow;
  /** Key of the last row, in text: where the next chunk begins. Null when there was no row. */
  readonly cursor: readonly string[] | null;
  /** No row follows. */
  readonly last: boolean;
  /** Transactions that the rows show at least. Those it leaves out may show all the same: their events come on the stream. */
  readonly visible: VisibleSet;
}
export interface ChunkLimits {
  readonly rows: number;
  /** A chunk ends with the row that reaches it. */
  readonly bytes: number;
}

const FIRST_FETCH = 1;
const MOST_FETCHED = 250;
/** What one fetch may bring when rows are as wide as the widest so far. */
const FETCH_BYTES = 4 * 1024 * 1024;

/** Chunks need a key that the stream's events carry too, and watermarks need a server that takes writes. */
export async function planReading({ source, streamId, epoch, table, scope }: Omit<ChunkOptions, 'slotName'>): Promise<ReadingPlan> {
  return withSource(
    source,
    { applicationName: applicationNameFor(streamId, epoch), statementTimeoutMs: 30_000 },
    async (client): Promise<ReadingPlan> => {
      const published = await publishedTable(client, table);
      const { description, relation } = published;
      const key = keyOf(description, relation);
      if (!key) return { kind: 'whole', reason: `table ${description.schema}.${description.name} has no key that its changes carry` };
      const unable = await whyNoMessages(client);
      if (unable) return { kind: 'whole', reason: unable };
      return { kind: 'chunks', key, estimatedRows: await estimateRows(client, published, scopeCondition(scope, key)) };
    },
  );
}

/** The columns by which updates and deletes on the stream can be told apart from each other, when all of them are published. */
export function keyOf({ replicaIdentity, primaryKey, identityColumns }: TableDescription, relation: Relation): readonly string[] | null {
  const key = replicaIdentity === 'default' || replicaIdentity === 'index' ? identityColumns : primaryKey;
  const published = new Set(relation.columns.map(({ name }) => name));
  return key.length > 0 && key.every((name) => published.has(name)) ? key : null;
}

/** Reads chunks and sets the marks around them, on one connection. Every fault is a SpillwayError, and the reader is closed then. */
export class ChunkReader {
  private constructor(
    private readonly client: Client,
    private readonly options: ChunkOptions,
  ) {}

  static async open(options: ChunkOptions): Promise<ChunkReader> {
    const client = await connectSource(options.source, {
      applicationName: applicationNameFor(options.streamId, options.epoch),
      lockTimeoutMs: 30_000,
      // With row_security off the server refuses to leave rows out silently.
      settings: ['row_security=off', 'statement_timeout=0', 'idle_session_timeout=0'],
    });
    return new ChunkReader(client, options);
  }

  /** Writes a mark; it is committed when this resolves. */
  async mark(prefix: string, content: string): Promise<void> {
    const written = await this.guarded(() => emitMessage(this.client, prefix, content));
    if (!written) throw new SpillwayError('source_unreachable', 'The server has become a standby and takes no writes');
  }

  /**
   * Transactions that may be on the stream already, from before this process listened, and not visible to queries yet. Only a commit that
   * waits for a synchronous standby stays so for longer than a moment, so without one there are none.
   */
  async suspects(): Promise<number[]> {
    const answer = await this.guarded(() =>
      this.client.query<{ snapshot: string; waits: boolean }>(
        `select pg_current_snapshot()::text as snapshot, current_setting('synchronous_standby_names') <> '' as waits`,
      ),
    );
    const row = answer.rows[0];
    return row?.waits ? runningIn(row.snapshot) : [];
  }

  /** The stream's slot as it is now. */
  async lookAtSlot(): Promise<SlotLook> {
    const answer = await this.guarded(() =>
      this.client.query<{ status: string | null; safe: string | null }>(
        'select wal_status as status, safe_wal_size::text as safe from pg_replication_slots where slot_name = $1',
        [this.options.slotName],
      ),
    );
    const row = answer.rows[0];
    return { at: performance.now(), walStatus: row?.status ?? null, safeWalBytes: row?.safe == null ? null : Number(row.safe) };
  }

  /**
   * Reads on after a key, or from the start. One transaction, READ COMMITTED: the list of running transactions is taken before the
   * rows are, so it may call one invisible whose rows do show, never the other way round.
   * Null: the key is not the one that the cursor belongs to any more.
   */
  async read(key: readonly string[], after: readonly string[] | null, limits: ChunkLimits): Promise<Chunk | null> {
    return this.guarded(async () => {
      const { client } = this;
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY');
      const table = await publishedTable(client, this.options.table);
      const found = keyOf(table.description, table.relation);
      if (!found || found.join('\0') !== key.join('\0')) {
        await client.query('COMMIT');
        return null;
      }
      const now = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
      const list = key.map(quoteIdentifier).join(', ');
      const conditions = [
        table.condition ?? '',
        scopeCondition(this.options.scope, key) ?? '',
        after ? `(${list}) > (${after.map(quoteLiteral).join(', ')})` : '',
      ].filter(Boolean);
      const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
      await client.query(
        `DECLARE spillway_chunk NO SCROLL CURSOR FOR ${table.select}${where} ORDER BY ${list} LIMIT ${Math.max(1, limits.rows)}`,
      );
      const { rows, full } = await this.fetch(limits);
      await client.query('COMMIT');
      const places = key.map((name) => table.relation.columns.findIndex((column) => column.name === name));
      const tail = rows.at(-1);
      return {
        relation: table.relation,
        key,
        rows,
        place: table.place,
        cursor: tail ? places.map((place) => String(tail[place])) : null,
        last: !full,
        visible: parseSnapshot(now.rows[0]?.snapshot ?? ''),
      };
    });
  }

  async close(): Promise<void> {
    await endQuietly(this.client);
  }

  private async fetch(limits: ChunkLimits): Promise<{ rows: Tuple[]; full: boolean }> {
    const rows: Tuple[] = [];
    let bytes = 0;
    let widest = 1;
    for (let want = FIRST_FETCH; ; ) {
      const text = `FETCH ${want} FROM spillway_chunk`;
      const fetched = (await this.client.query<(string | null)[]>({ text, rowMode: 'array', types: RAW_TEXT })).rows;
      for (const row of fetched) {
        const size = tupleBytes(row);
        bytes += size;
        widest = Math.max(widest, size);
        rows.push(row);
      }
      if (rows.length >= limits.rows || bytes >= limits.bytes) return { rows, full: true };
      if (fetched.length < want) return { rows, full: false };
      want = Math.max(1, Math.min(MOST_FETCHED, want * 10, Math.floor(FETCH_BYTES / widest), limits.rows - rows.length));
    }
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      await this.close();
      throw refusedScope(this.options.scope, thrown) ?? toSourceError(thrown, 'Reading existing rows failed');
    }
  }
}

/** The server could not read these rows, though it can read the table; its words may hold a value of a row. */
function refusedScope(scope: SnapshotScope | undefined, thrown: unknown): SpillwayError | null {
  const sqlstate = sqlstateOf(thrown);
  if (!scope || scope.kind === 'table' || !sqlstate || !REFUSED.test(sqlstate)) return null;
  return new SpillwayError('invalid_input', `Postgres could not read ${scopeWords(scope)} (SQLSTATE ${sqlstate})`);
}
/** Data exceptions; columns, functions and operators that do not exist (any more). */
const REFUSED = /^(22...|42703|42883|42804|42601)$/;
