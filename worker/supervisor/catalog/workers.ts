import type { Query } from './catalog';

export interface WorkerRow {
  readonly workerId: string;
  readonly instanceId: string;
  readonly publicKey: string;
  readonly host: string;
}

/** Registers this process, or says that it is alive; the portal seals secrets to the key of the latest heartbeat. */
export async function heartbeat(query: Query, worker: WorkerRow): Promise<void> {
  await query(
    `INSERT INTO worker (id, instance_id, public_key, host, started_at, heartbeat_at)
     VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET
       started_at = CASE WHEN worker.instance_id = excluded.instance_id THEN worker.started_at ELSE excluded.started_at END,
       instance_id = excluded.instance_id, public_key = excluded.public_key, host = excluded.host,
       heartbeat_at = excluded.heartbeat_at`,
    [worker.workerId, worker.instanceId, worker.publicKey, worker.host],
  );
}
