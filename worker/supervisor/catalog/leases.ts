import type { Query } from './catalog';

/** How long a lease lasts without renewal, seconds of the catalog's clock. */
export const LEASE_SECONDS = 30;

export interface HeldLease {
  readonly streamId: string;
  readonly epoch: number;
}

/**
 * Takes the lease of a stream when it is free, expired, or this worker's own (an earlier process of it died). The epoch
 * grows with each acquisition and is never used twice. Null = another worker holds it.
 */
export async function acquireLease(query: Query, streamId: string, workerId: string, seconds = LEASE_SECONDS): Promise<number | null> {
  const rows = await query<{ epoch: string }>(
    `INSERT INTO stream_lease AS held (stream_id, worker_id, epoch, acquired_at, expires_at)
     VALUES ($1, $2, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => $3))
     ON CONFLICT (stream_id) DO UPDATE SET
       worker_id = excluded.worker_id, epoch = held.epoch + 1, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
     WHERE held.worker_id = excluded.worker_id OR held.expires_at <= clock_timestamp()
     RETURNING epoch`,
    [streamId, workerId, seconds],
  );
  return rows[0] ? Number(rows[0].epoch) : null;
}

/**
 * Extends leases that are still this worker's at this epoch, also expired ones that nobody took. Gives the streams whose
 * lease is lost: somebody else holds it, or this worker took it again with a later epoch.
 */
export async function renewLeases(
  query: Query,
  workerId: string,
  leases: readonly HeldLease[],
  seconds = LEASE_SECONDS,
): Promise<string[]> {
  if (leases.length === 0) return [];
  const kept = await query<{ stream_id: string }>(
    `UPDATE stream_lease AS held SET expires_at = clock_timestamp() + make_interval(secs => $4)
     FROM unnest($2::uuid[], $3::bigint[]) AS ours(stream_id, epoch)
     WHERE held.stream_id = ours.stream_id AND held.epoch = ours.epoch AND held.worker_id = $1
     RETURNING held.stream_id`,
    [workerId, leases.map((lease) => lease.streamId), leases.map((lease) => lease.epoch), seconds],
  );
  const still = new Set(kept.map((row) => row.stream_id));
  return leases.filter((lease) => !still.has(lease.streamId)).map((lease) => lease.streamId);
}

/** Lets a lease expire now (a second ago: the column rounds to ms, possibly up). The row stays, so that the epoch goes on growing. */
export async function releaseLeases(query: Query, workerId: string, leases: readonly HeldLease[]): Promise<void> {
  if (leases.length === 0) return;
  await query(
    `UPDATE stream_lease AS held SET expires_at = clock_timestamp() - interval '1 second'
     FROM unnest($2::uuid[], $3::bigint[]) AS ours(stream_id, epoch)
     WHERE held.stream_id = ours.stream_id AND held.epoch = ours.epoch AND held.worker_id = $1`,
    [workerId, leases.map((lease) => lease.streamId), leases.map((lease) => lease.epoch)],
  );
}
