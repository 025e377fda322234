import { SpillwayError } from '@/core/errors';
import { catalog, type Tx } from './client';

/** A worker beats every few seconds; one that has been silent for this long does not answer questions. */
export const WORKER_ALIVE_SECONDS = 20;

/** Public key of the worker with the latest heartbeat. Throws `worker_unavailable` when none was ever registered. */
export async function readWorkerKey(tx: Tx): Promise<string> {
  const worker = await tx.worker.findFirst({ orderBy: { heartbeatAt: 'desc' }, select: { publicKey: true } });
  if (worker) return worker.publicKey;
  throw new SpillwayError('worker_unavailable', 'no worker has registered its key yet, so the secret cannot be sealed');
}

/** Compared on the catalog's clock, so that a portal with a wrong clock does not take a living worker for dead. */
export async function isWorkerAlive(tx: Tx = catalog()): Promise<boolean> {
  const rows = await tx.$queryRaw<{ alive: boolean }[]>`
    select exists (select from worker where heartbeat_at > now() - make_interval(secs => ${WORKER_ALIVE_SECONDS}::float8)) as alive`;
  return rows[0]?.alive === true;
}
