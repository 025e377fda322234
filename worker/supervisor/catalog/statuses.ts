import type { LastEventDto } from '@/core/dto/stream';
import type { LedgerTotals } from '@/worker/pipeline/assignment';
import type { Query } from './catalog';

/** Figures of one pipeline. null = keep what is stored (LSNs, snapshot, events) or not known (the rest). */
export interface StatusWrite extends LedgerTotals {
  readonly streamId: string;
  readonly pid: number | null;
  readonly epoch: number;
  readonly startedAt: string;
  readonly confirmedLsn: string | null;
  readonly receivedLsn: string | null;
  readonly lagMs: number | null;
  readonly inFlightEvents: number;
  readonly inFlightBytes: number;
  readonly rssBytes: number | null;
  readonly decodedPerSec: number;
  readonly deliveredPerSec: number;
  readonly snapshotDone: number | null;
  readonly snapshotTotal: number | null;
  readonly snapshotPerSec: number;
  readonly snapshotWaitsFor: string | null;
  readonly lastEvents: readonly LastEventDto[] | null;
  /** The durable buffer: bytes as stored, commit time of its oldest change, events per second in and out. */
  readonly spilledBytes: number;
  readonly spilledOldestAt: string | null;
  readonly spilledInPerSec: number;
  readonly spilledOutPerSec: number;
}

/** Retained WAL and lag of a stream's slot, from the latest look at it; bytes. */
export interface SlotBytes {
  readonly streamId: string;
  readonly retainedBytes: number | null;
  readonly lagBytes: number | null;
}

/** Writes the figures of all pipelines in one statement. */
export async function writeStatuses(query: Query, statuses: readonly StatusWrite[]): Promise<void> {
  if (statuses.length === 0) return;
  await query(
    `INSERT INTO stream_status AS kept (stream_id, pid, epoch, started_at, reported_at, confirmed_lsn, received_lsn, lag_ms,
       in_flight_events, in_flight_bytes, rss_bytes, decoded_per_sec, delivered_per_sec, decoded, delivered, filtered,
       dead_lettered, parked, ignored, snapshot_done, snapshot_total, snapshot_per_sec, snapshot_waits_for, last_events,
       spilled, spilled_bytes, spilled_oldest_at, spilled_in_per_sec, spilled_out_per_sec)
     SELECT n."streamId", n.pid, n.epoch, n."startedAt", clock_timestamp(), n."confirmedLsn", n."receivedLsn", n."lagMs",
       n."inFlightEvents", n."inFlightBytes", n."rssBytes", n."decodedPerSec", n."deliveredPerSec", n.decoded, n.delivered,
       n.filtered, n."deadLettered", n.parked, n.ignored, COALESCE(n."snapshotDone", 0), n."snapshotTotal", n."snapshotPerSec", n."snapshotWaitsFor",
       COALESCE(n."lastEvents", '[]'::jsonb), n.spilled, n."spilledBytes", n."spilledOldestAt", n."spilledInPerSec", n."spilledOutPerSec"
     FROM jsonb_to_recordset($1::jsonb) AS n("streamId" uuid, pid int, epoch bigint, "startedAt" timestamptz, "confirmedLsn" text,
       "receivedLsn" text, "lagMs" int, "inFlightEvents" int, "inFlightBytes" bigint, "rssBytes" bigint, "decodedPerSec" float8,
       "deliveredPerSec" float8, decoded bigint, delivered bigint, filtered bigint, "deadLettered" bigint, parked bigint,
       ignored bigint, "snapshotDone" bigint, "snapshotTotal" bigint, "snapshotPerSec" float8,
       "snapshotWaitsFor" text, "lastEvents" jsonb, spilled bigint, "spilledBytes" bigint, "spilledOldestAt" timestamptz,
       "spilledInPerSec" float8, "spilledOutPerSec" float8)
     JOIN stream s ON s.id = n."streamId"
     ON CONFLICT (stream_id) DO UPDATE SET
       pid = excluded.pid, epoch = excluded.epoch, started_at = excluded.started_at, reported_at = excluded.reported_at,
       confirmed_lsn = COALESCE(excluded.confirmed_lsn, kept.confirmed_lsn),
       received_lsn = COALESCE(excluded.received_lsn, kept.received_lsn), lag_ms = excluded.lag_ms,
       in_flight_events = excluded.in_flight_events, in_flight_bytes = excluded.in_flight_bytes, rss_bytes = excluded.rss_bytes,
       decoded_per_sec = excluded.decoded_per_sec, delivered_per_sec = excluded.delivered_per_sec, decoded = excluded.decoded,
       delivered = excluded.delivered, filtered = excluded.filtered, dead_lettered = excluded.dead_lettered,
       parked = excluded.parked, ignored = excluded.ignored,
       spilled = excluded.spilled, spilled_bytes = excluded.spilled_bytes, spilled_oldest_at = excluded.spilled_oldest_at,
       spilled_in_per_sec = excluded.spilled_in_per_sec, spilled_out_per_sec = excluded.spilled_out_per_sec,
       snapshot_done = CASE WHEN excluded.snapshot_done = 0 THEN kept.snapshot_done ELSE excluded.snapshot_done END,
       snapshot_per_sec = excluded.snapshot_per_sec, snapshot_waits_for = excluded.snapshot_waits_for,
       snapshot_total = COALESCE(excluded.snapshot_total, kept.snapshot_total),
       last_events = CASE WHEN excluded.last_events = '[]'::jsonb THEN kept.last_events ELSE excluded.last_events END`,
    [JSON.stringify(statuses)],
  );
}

/** Writes what the slots hold, also of streams that do not run: a paused stream's WAL grows too. */
export async function writeSlotBytes(query: Query, slots: readonly SlotBytes[]): Promise<void> {
  if (slots.length === 0) return;
  await query(
    `INSERT INTO stream_status (stream_id, reported_at, lag_bytes, retained_bytes)
     SELECT n."streamId", clock_timestamp(), n."lagBytes", n."retainedBytes"
     FROM jsonb_to_recordset($1::jsonb) AS n("streamId" uuid, "lagBytes" bigint, "retainedBytes" bigint)
     JOIN stream s ON s.id = n."streamId"
     ON CONFLICT (stream_id) DO UPDATE SET reported_at = excluded.reported_at, lag_bytes = excluded.lag_bytes, retained_bytes = excluded.retained_bytes`,
    [JSON.stringify(slots)],
  );
}

/** No process runs these streams (any more); totals stay. */
export async function markNotRunning(query: Query, streamIds: readonly string[]): Promise<void> {
  if (streamIds.length === 0) return;
  await query(
    `UPDATE stream_status SET pid = NULL, lag_ms = NULL, in_flight_events = 0, in_flight_bytes = 0, rss_bytes = NULL,
            decoded_per_sec = 0, delivered_per_sec = 0, snapshot_per_sec = 0, snapshot_waits_for = NULL,
            spilled_in_per_sec = 0, spilled_out_per_sec = 0
     WHERE stream_id = ANY($1::uuid[]) AND pid IS NOT NULL`,
    [streamIds],
  );
}

/** Totals as stored; zeros for a stream that has never run. */
export async function readTotals(query: Query, streamId: string): Promise<LedgerTotals> {
  const rows = await query<{ [K in keyof LedgerTotals]: number }>(
    `SELECT decoded::float8, delivered::float8, filtered::float8, dead_lettered::float8 AS "deadLettered", parked::float8, ignored::float8,
       spilled::float8
     FROM stream_status WHERE stream_id = $1`,
    [streamId],
  );
  return rows[0] ?? { decoded: 0, delivered: 0, filtered: 0, deadLettered: 0, parked: 0, ignored: 0, spilled: 0 };
}
