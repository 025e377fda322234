import { formatLsn, type Lsn } from '@/core/postgres/lsn';
import type { Queries } from '@/worker/recovery/letter-store';

/** The few statements by which a pipeline itself writes to the catalog's provision row: what a restart must be able to rely on. */
export class CatalogRecords {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
  ) {}

  /** A slot was made or adopted; the promise starts anew at its position. */
  async slot(systemIdentifier: string, consistentPoint: Lsn, snapshotState: 'none' | 'running'): Promise<void> {
    await this.catalog.query(
      `update provision set system_identifier = $2, consistent_point = $3, promised_lsn = $3, snapshot_state = $4 where stream_id = $1`,
      [this.streamId, systemIdentifier, formatLsn(consistentPoint), snapshotState],
    );
  }

  /** Every row of the snapshot is settled: from now on the slot must never be read from its beginning again. */
  async snapshotDone(): Promise<void> {
    await this.catalog.query(`update provision set snapshot_state = 'done' where stream_id = $1`, [this.streamId]);
  }

  /** Flushes up to `lsn` may be sent. Never lowers a promise. */
  async promise(lsn: Lsn): Promise<void> {
    await this.catalog.query(
      `update provision set promised_lsn = $2
       where stream_id = $1 and (promised_lsn is null or promised_lsn::pg_lsn < $2::pg_lsn)`,
      [this.streamId, formatLsn(lsn)],
    );
  }
}
