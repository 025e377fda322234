import type { DropProof } from '@/core/dto/stream';
import type { Query } from './catalog';

export type SnapshotState = 'none' | 'pending' | 'running' | 'done';

export interface ProvisionIntent {
  readonly streamId: string;
  readonly sourceId: string;
  readonly slotName: string;
  readonly publicationName: string;
  readonly sourceHash: string;
  readonly walBudgetBytes: number;
  /** `pending` when existing rows are to be delivered first, else `none`. */
  readonly snapshotState: 'none' | 'pending';
}

/**
 * Says what is about to be made on a source server, before the server is touched. Replaces a provision that was dropped;
 * one that is on its way for the same source part stays as it is.
 */
export async function writeIntent(query: Query, intent: ProvisionIntent): Promise<void> {
  await query(
    `INSERT INTO provision (stream_id, source_id, slot_name, publication_name, source_hash, wal_budget_bytes, status, snapshot_state, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'intent', $7, clock_timestamp())
     ON CONFLICT (stream_id) DO UPDATE SET
       source_id = excluded.source_id, slot_name = excluded.slot_name, publication_name = excluded.publication_name,
       source_hash = excluded.source_hash, wal_budget_bytes = excluded.wal_budget_bytes, status = 'intent',
       snapshot_state = excluded.snapshot_state, system_identifier = NULL, consistent_point = NULL, promised_lsn = NULL, promised_at = NULL,
       table_oid = NULL, timeline = NULL,
       confirmed_lsn = NULL, created_at = excluded.created_at, dropped_at = NULL, drop_proof = NULL
     WHERE provision.status = 'dropped'`,
    [
      intent.streamId,
      intent.sourceId,
      intent.slotName,
      intent.publicationName,
      intent.sourceHash,
      intent.walBudgetBytes,
      intent.snapshotState,
    ],
  );
}

export async function setProvisionStatus(query: Query, streamId: string, status: 'publication' | 'ready' | 'dropping'): Promise<void> {
  await query(`UPDATE provision SET status = $2 WHERE stream_id = $1 AND status <> 'dropped'`, [streamId, status]);
}

/** Slot and publication are gone; the proof is what the server's own catalog said afterwards. */
export async function recordDropped(query: Query, streamId: string, proof: DropProof): Promise<void> {
  await query(`UPDATE provision SET status = 'dropped', dropped_at = clock_timestamp(), drop_proof = $2::jsonb WHERE stream_id = $1`, [
    streamId,
    JSON.stringify(proof),
  ]);
}

/** What the pipeline found or made. A slot made anew starts a pending or broken-off snapshot from the beginning. */
export async function recordSlot(
  query: Query,
  streamId: string,
  slot: { readonly systemIdentifier: string; readonly consistentPoint: string; readonly created: boolean },
): Promise<void> {
  await query(
    `UPDATE provision SET system_identifier = $2,
            consistent_point = CASE WHEN $4 OR consistent_point IS NULL THEN $3 ELSE consistent_point END,
            snapshot_state = CASE WHEN $4 AND snapshot_state IN ('running', 'done') THEN 'pending' ELSE snapshot_state END
     WHERE stream_id = $1 AND status = 'ready'`,
    [streamId, slot.systemIdentifier, slot.consistentPoint, slot.created],
  );
}

/** A promise that a pipeline could not write itself. Never lowers one; one given for an earlier source part is void. */
export async function recordPromise(query: Query, streamId: string, sourceHash: string, lsn: string): Promise<void> {
  await query(
    `UPDATE provision SET promised_lsn = $3, promised_at = clock_timestamp()
     WHERE stream_id = $1 AND source_hash = $2 AND status = 'ready' AND (promised_lsn IS NULL OR promised_lsn::pg_lsn < $3::pg_lsn)`,
    [streamId, sourceHash, lsn],
  );
}

/**
 * The pipeline ended cleanly: nothing beyond this position was or will be flushed, so the promise, which reaches ahead, is taken back
 * to it, and a slot that is moved or made anew meanwhile is found out, however little it is ahead. Void under a later epoch.
 */
export async function settlePromise(query: Query, streamId: string, epoch: number, lsn: string): Promise<void> {
  await query(
    `UPDATE provision SET promised_lsn = $3, promised_at = clock_timestamp()
     WHERE stream_id = $1 AND status = 'ready' AND $3::pg_lsn >= consistent_point::pg_lsn
       AND EXISTS (SELECT FROM stream_lease l WHERE l.stream_id = $1 AND l.epoch = $2)`,
    [streamId, epoch, lsn],
  );
}

/**
 * The server of the slot writes on this WAL timeline. True when that is a later one than was recorded: a failover, told once however
 * many look. Never lowers it: an old primary that is up again must be told from the present one.
 */
export async function recordTimeline(query: Query, streamId: string, timeline: number): Promise<boolean> {
  const rows = await query<{ grew: boolean }>(
    `UPDATE provision p SET timeline = $2 FROM (SELECT stream_id, timeline FROM provision WHERE stream_id = $1 FOR UPDATE) old
     WHERE p.stream_id = old.stream_id AND p.status = 'ready' AND (old.timeline IS NULL OR old.timeline < $2)
     RETURNING old.timeline IS NOT NULL AS grew`,
    [streamId, timeline],
  );
  return rows[0]?.grew ?? false;
}

/** Which table the publication carries, as first seen. */
export async function recordTableOid(query: Query, streamId: string, oid: number): Promise<void> {
  await query(`UPDATE provision SET table_oid = $2 WHERE stream_id = $1 AND status = 'ready' AND table_oid IS NULL`, [streamId, oid]);
}

export async function recordSnapshot(query: Query, streamId: string, state: 'running' | 'done'): Promise<void> {
  await query(`UPDATE provision SET snapshot_state = $2 WHERE stream_id = $1 AND status = 'ready' AND snapshot_state <> 'none'`, [
    streamId,
    state,
  ]);
}

/** Slots that Spillway holds, or is about to hold, on a server, without the one of this stream. */
export async function countOtherProvisions(query: Query, sourceId: string, streamId: string): Promise<number> {
  const rows = await query<{ count: number }>(
    `SELECT count(*)::int AS count FROM provision WHERE source_id = $1 AND stream_id <> $2 AND status <> 'dropped'`,
    [sourceId, streamId],
  );
  return rows[0]?.count ?? 0;
}
