import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { applicationNameFor, quoteIdentifier, quoteLiteral } from '@/core/postgres/identifiers';
import type { SlotLook } from '@/core/postgres/snapshot-guard';
import { type SnapshotScope, scopeWords } from '@/core/spec/snapshot-scope';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Relation } from '@/worker/source/source';
import { connectSource, endQuietly, withSource } from './connection';
import { copyRows } from './copy-out';
import { emitMessage, whyNoMessages } from './logical-message';
import type { ReadRow } from './read-change';
import { estimateRows, scopeCondition } from './scope-condition';
import { sqlstateOf, toSourceError } from './source-error';
import type { TableDescription } from './table-description';
import { type PublishedTable, publishedTable, type TableRef } from './table-relation';
import { parseSnapshot, runningIn, type VisibleSet } from './visible-set';
import type { WireRow } from './wire-row';

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
export interface Chunk extends Pick<PublishedTable, 'relation' | 'behind' | 'place'> {
  /** Columns of the key; every one of them is among those of the relation. */
  readonly key: readonly string[];
  readonly rows: readonly ReadRow[];
  /** What the rows take. */
  readonly bytes: number;
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

const MOST_COPIED = 1_000;
/** What one statement may bring when rows are as wide as those of the one before it. */
const COPY_BYTES = 4 * 1024 * 1024;

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
  /** Rows that the next statement asks for: few at first, since nothing is known of their width. */
  private step = 1;

  private constructor(
    private readonly client: Client,
    private readonly options: ChunkOptions,
  ) {}

  static async open(options: ChunkOptions): Promise<ChunkReader> {
    const client = await connectSource(options.source, {
      applicationName: applicationNameFor(options.streamId, options.epoch),
      lockTimeoutMs: 30_000,
      // With row_security off the server refuses to leave rows out silently.
      settings: ['row_security=off', 'statement_timeout=0', 'idle_session_timeout=0', 'max_parallel_workers_per_gather=0'],
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
      const { relation, behind, place } = table;
      const { rows, bytes, full } = await this.copy(table, key, after, limits);
      await client.query('COMMIT');
      const tail = rows.at(-1);
      return {
        relation,
        behind,
        place,
        key,
        rows,
        bytes,
        cursor: tail ? cursorOf(tail, key, relation) : null,
        last: !full,
        visible: parseSnapshot(now.rows[0]?.snapshot ?? ''),
      };
    });
  }

  async close(): Promise<void> {
    await endQuietly(this.client);
  }

  private async copy(
    table: PublishedTable,
    key: readonly string[],
    after: readonly string[] | null,
    limits: ChunkLimits,
  ): Promise<{ rows: WireRow[]; bytes: number; full: boolean }> {
    const list = key.map(quoteIdentifier).join(', ');
    const conditions = [table.condition, scopeCondition(this.options.scope, key)].filter(Boolean);
    const most = Math.max(1, limits.rows);
    const rows: WireRow[] = [];
    for (let bytes = 0, cursor = after; ; ) {
      const where = [...conditions, ...(cursor ? [`(${list}) > (${cursor.map(quoteLiteral).join(', ')})`] : [])].join(' AND ');
      const want = Math.min(this.step, most - rows.length);
      const select = `${table.select}${where ? ` WHERE ${where}` : ''} ORDER BY ${list} LIMIT ${want}`;
      const copied = await copyRows(this.client, select, table.columns, limits.bytes - bytes);
      for (const row of copied.rows) rows.push(row);
      bytes += copied.bytes;
      const fitting = copied.came > 0 ? Math.floor((COPY_BYTES * copied.came) / copied.cameBytes) : MOST_COPIED;
      this.step = Math.max(1, Math.min(MOST_COPIED, this.step * 10, fitting));
      if (rows.length >= most || bytes >= limits.bytes) return { rows, bytes, full: true };
      if (copied.came < want) return { rows, bytes, full: false };
      cursor = cursorOf(rows[rows.length - 1] as WireRow, key, table.relation);
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

function cursorOf(row: WireRow, key: readonly string[], relation: Relation): string[] {
  return key.map((name) => String(row.tuple[relation.columns.findIndex((column) => column.name === name)]));
}

/** The server could not read these rows, though it can read the table; its words may hold a value of a row. */
function refusedScope(scope: SnapshotScope | undefined, thrown: unknown): SpillwayError | null {
  const sqlstate = sqlstateOf(thrown);
  if (!scope || scope.kind === 'table' || !sqlstate || !REFUSED.test(sqlstate)) return null;
  return new SpillwayError('invalid_input', `Postgres could not read ${scopeWords(scope)} (SQLSTATE ${sqlstate})`);
}
/** Data exceptions; columns, functions and operators that do not exist (any more). */
const REFUSED = /^(22...|42703|42883|42804|42601)$/;
