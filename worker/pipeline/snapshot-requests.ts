import { type SnapshotScope, snapshotScope } from '@/core/spec/snapshot-scope';
import type { Queries } from '@/worker/recovery/letter-store';
import type { SnapshotProgress } from './chunked-snapshot';

/** Rows that somebody asked to have read again. */
export interface SnapshotRequest {
  readonly id: string;
  readonly scope: SnapshotScope;
  readonly status: 'running' | 'paused';
  /** Null before the first chunk is settled. */
  readonly progress: SnapshotProgress | null;
}

interface Row {
  id: string;
  scope: unknown;
  status: 'running' | 'paused';
  key: string[];
  cursor: string[];
  chunk: number;
  rows: string;
  total: string | null;
}

/** A pipeline's statements about requests of its stream. What is wanted is written by people, how far it is by the pipeline. */
export class SnapshotRequests {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
  ) {}

  /** The one that is not over. */
  async active(): Promise<SnapshotRequest | null> {
    const [row] = await this.catalog.query<Row>(
      `select id::text, scope, status, key_columns as key, cursor, chunk, rows_done::text as rows, rows_total::text as total
       from snapshot_request where stream_id = $1 and status in ('running', 'paused')`,
      [this.streamId],
    );
    if (!row) return null;
    const { id, scope, status, key, cursor, chunk, rows, total } = row;
    const progress = {
      key,
      cursor: cursor.length > 0 ? cursor : null,
      chunk,
      rows: Number(rows),
      total: total === null ? null : Number(total),
    };
    return { id, scope: snapshotScope.parse(scope), status, progress: key.length > 0 ? progress : null };
  }

  /** A chunk's rows are settled. Of a request that was cancelled meanwhile nothing is written. */
  async save(id: string, { key, cursor, chunk, rows, total }: SnapshotProgress): Promise<void> {
    await this.catalog.query(
      `update snapshot_request set key_columns = $2, cursor = $3, chunk = $4, rows_done = $5, rows_total = $6, updated_at = now()
       where id = $1 and status in ('running', 'paused') and chunk <= $4`,
      [id, key, cursor ?? [], chunk, rows, total],
    );
  }

  /** It is over; the timeline says so once, however often this is repeated. */
  async finish(id: string, status: 'done' | 'failed', note: string | null, sentence: string): Promise<void> {
    await this.catalog.query(
      `with over as (
         update snapshot_request set status = $2, note = $3, finished_at = now(), updated_at = now()
         where id = $1 and status in ('running', 'paused')
         returning stream_id, rows_done, justify_interval(date_trunc('second', now() - requested_at)) as took
       )
       insert into stream_event (stream_id, from_state, to_state, reason, actor)
       select s.id, s.state, s.state,
              case when $2 = 'done' then $4 || ': ' || to_char(over.rows_done, 'FM999,999,999,999') || ' rows in ' || over.took else $4 end,
              'pipeline'
       from over join stream s on s.id = over.stream_id`,
      [id, status, note, sentence],
    );
  }
}
