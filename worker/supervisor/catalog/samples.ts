import type { Query } from './catalog';

/** Seconds a point stands for, and how long points are kept, by prisma/models/stream.prisma. */
export const RESOLUTIONS = [
  { seconds: 5, keepSeconds: 3600 },
  { seconds: 60, keepSeconds: 24 * 3600 },
  { seconds: 900, keepSeconds: 30 * 24 * 3600 },
] as const;

/** How many intervals are looked back on when points are rolled up: a worker that was away for a while catches up. */
const LOOK_BACK_INTERVALS = 10;
const PRUNE_BATCH = 5_000;

export interface Sample {
  readonly streamId: string;
  readonly lagMs: number | null;
  readonly lagBytes: number | null;
  readonly retainedBytes: number | null;
  readonly deliveredPerSec: number;
}

/** Stores a point of each stream in its 5 s slot of the catalog's clock; open letters are counted there. */
export async function insertSamples(query: Query, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  await query(
    `INSERT INTO stream_sample (stream_id, resolution, at, lag_ms, lag_bytes, retained_bytes, delivered_per_sec, open_letters)
     SELECT n."streamId", 5, date_bin('5 s', clock_timestamp(), 'epoch'::timestamptz), -- LEAST ignores NULL: an unknown lag would become the largest there is
            CASE WHEN n."lagMs" IS NOT NULL THEN LEAST(n."lagMs", 2147483647)::int END, n."lagBytes",
            n."retainedBytes", n."deliveredPerSec",
            (SELECT count(*) FROM dead_letter d WHERE d.stream_id = n."streamId" AND d.status = 'open')
     FROM jsonb_to_recordset($1::jsonb) AS n("streamId" uuid, "lagMs" float8, "lagBytes" bigint, "retainedBytes" bigint, "deliveredPerSec" float8)
     JOIN stream s ON s.id = n."streamId"
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(samples)],
  );
}

/** Makes coarser points of finished intervals: the worst lag, WAL and letters of the interval, the mean rate. Idempotent. */
export async function rollUpSamples(query: Query): Promise<void> {
  for (const [finer, coarser] of [
    [5, 60],
    [60, 900],
  ] as const) {
    await query(
      `INSERT INTO stream_sample (stream_id, resolution, at, lag_ms, lag_bytes, retained_bytes, delivered_per_sec, open_letters)
       SELECT stream_id, $2::int, date_bin(make_interval(secs => $2::int), at, 'epoch'::timestamptz) AS slot, max(lag_ms), max(lag_bytes),
              max(retained_bytes), avg(delivered_per_sec), max(open_letters)
       FROM stream_sample
       WHERE resolution = $1::int
         AND at < date_bin(make_interval(secs => $2::int), clock_timestamp(), 'epoch'::timestamptz)
         AND at >= date_bin(make_interval(secs => $2::int), clock_timestamp(), 'epoch'::timestamptz) - make_interval(secs => $2::int * $3::int)
       GROUP BY stream_id, slot
       ON CONFLICT DO NOTHING`,
      [finer, coarser, LOOK_BACK_INTERVALS],
    );
  }
}

/** Deletes points past their time, a small batch of each resolution. Gives how many. */
export async function pruneSamples(query: Query): Promise<number> {
  let deleted = 0;
  for (const { seconds, keepSeconds } of RESOLUTIONS) {
    const rows = await query<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM stream_sample WHERE ctid IN (
           SELECT ctid FROM stream_sample WHERE resolution = $1 AND at < clock_timestamp() - make_interval(secs => $2) LIMIT $3)
         RETURNING 1)
       SELECT count(*)::int AS deleted FROM gone`,
      [seconds, keepSeconds, PRUNE_BATCH],
    );
    deleted += rows[0]?.deleted ?? 0;
  }
  return deleted;
}
