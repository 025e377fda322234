import { formatLsn, type Lsn } from '@/core/postgres/lsn';
import type { Queries } from '@/worker/recovery/letter-store';
import type { SnapshotProgress } from './chunked-snapshot';

export interface MadeSlot {
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly consistentPoint: Lsn;
}

/** The few statements by which a pipeline itself writes to the catalog's provision row: what a restart must be able to rely on. */
export class CatalogRecords {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
    private readonly epoch: number,
  ) {}

  /**
   * A slot was made or adopted by the pipeline of this epoch; the promise starts anew at its position. Places that were kept of an
   * earlier slot say nothing about what comes from this one.
   */
  async slot({ systemIdentifier, timeline, consistentPoint }: MadeSlot, snapshotState: 'none' | 'running'): Promise<void> {
    await this.catalog.query(
      `with buffer as (update spill_buffer set position = null where stream_id = $1)
       update provision set system_identifier = $2, timeline = $5, consistent_point = $3, promised_lsn = $3,
              promised_at = clock_timestamp(), snapshot_state = $4, slot_epoch = $6 where stream_id = $1`,
      [this.streamId, systemIdentifier, formatLsn(consistentPoint), snapshotState, timeline, this.epoch],
    );
  }

  /** Every row of the snapshot is settled: from now on the slot must never be read from its beginning again. */
  async snapshotDone(): Promise<void> {
    await this.catalog.query(
      `with progress as (update stream_snapshot set finished_at = now() where stream_id = $1)
       update provision set snapshot_state = 'done' where stream_id = $1`,
      [this.streamId],
    );
  }

  /** How far the chunks of the slot that was made at this point have come; null when none is settled. */
  async snapshotProgress(consistentPoint: string): Promise<SnapshotProgress | null> {
    const [row] = await this.catalog.query<{ key: string[]; cursor: string[]; chunk: number; rows: string; total: string | null }>(
      `select key_columns as key, cursor, chunk, rows_done::text as rows, rows_total::text as total
       from stream_snapshot where stream_id = $1 and consistent_point = $2`,
      [this.streamId, consistentPoint],
    );
    if (!row) return null;
    const { key, cursor, chunk, rows, total } = row;
    return { key, cursor: cursor.length > 0 ? cursor : null, chunk, rows: Number(rows), total: total === null ? null : Number(total) };
  }

  /** A chunk's rows are settled: it is never read again. */
  async saveSnapshotProgress(consistentPoint: string, { key, cursor, chunk, rows, total }: SnapshotProgress): Promise<void> {
    await this.catalog.query(
      `insert into stream_snapshot as s (stream_id, consistent_point, key_columns, cursor, chunk, rows_done, rows_total)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (stream_id) do update set key_columns = excluded.key_columns, cursor = excluded.cursor, chunk = excluded.chunk,
         rows_done = excluded.rows_done, rows_total = excluded.rows_total, updated_at = now(), finished_at = null,
         started_at = case when s.consistent_point = excluded.consistent_point then s.started_at else now() end,
         consistent_point = excluded.consistent_point
       where s.chunk <= excluded.chunk or s.consistent_point <> excluded.consistent_point or s.key_columns <> excluded.key_columns`,
      [this.streamId, consistentPoint, key, cursor ?? [], chunk, rows, total],
    );
  }

  /** Flushes up to `lsn` may be sent. Never lowers a promise. */
  async promise(lsn: Lsn): Promise<void> {
    await this.catalog.query(
      `update provision set promised_lsn = $2, promised_at = clock_timestamp()
       where stream_id = $1 and (promised_lsn is null or promised_lsn::pg_lsn < $2::pg_lsn)`,
      [this.streamId, formatLsn(lsn)],
    );
  }
}
