import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '@/core/postgres/wal-budget';
import type { Queries } from '@/worker/recovery/letter-store';

/** What the operator allows the buffers of all streams together; bytes. */
export interface SpillLimits {
  /** As stored. */
  readonly totalBytes: number;
  /** What stays free on the disk of the catalog, where that can be told. */
  readonly minFreeBytes: number;
}

const GIB = 1024 ** 3;
export const SPILL_LIMITS: SpillLimits = { totalBytes: 50 * GIB, minFreeBytes: GIB };

/** An answer holds so long, ms: a stream asks before each batch. By so much of its rate a buffer may pass a limit. */
const HOLDS_MS = 2_000;
const HERE = new Set(['127.0.0.1', 'localhost', '::1', '[::1]', '']);

/** Why no stream may put more into its buffer now; null when it may. Rejects with catalog_unavailable. */
export type SpillRoom = () => Promise<string | null>;

/** Room in the catalog for the buffers of all streams. */
export function catalogRoom(catalog: Queries, catalogUrl: string, { totalBytes, minFreeBytes }: SpillLimits): SpillRoom {
  let known: { readonly until: number; readonly answer: string | null } | null = null;
  const look = async (): Promise<string | null> => {
    // Rows of a batch are out of line: the sum reads none of them. Who may not read the setting gets null.
    const [found] = await catalog.query<{ bytes: number; folder: string | null }>(
      `select (select coalesce(sum(bytes), 0)::float8 from spill_batch) as bytes,
              (select setting from pg_settings where name = 'data_directory') as folder`,
    );
    const held = found?.bytes ?? 0;
    if (held >= totalBytes)
      return `the buffers of all streams hold ${formatBytes(held)}, and SPILLWAY_SPILL_MAX_BYTES allows ${formatBytes(totalBytes)}`;
    const free = found?.folder ? await freeBytes(catalogUrl, found.folder) : null;
    if (free !== null && free < minFreeBytes)
      return `the disk of the catalog has ${formatBytes(free)} left, and SPILLWAY_SPILL_MIN_FREE_BYTES keeps ${formatBytes(minFreeBytes)} free`;
    return null;
  };
  return async () => {
    if (known && performance.now() < known.until) return known.answer;
    const answer = await look();
    known = { until: performance.now() + HOLDS_MS, answer };
    return answer;
  };
}

/** Postgres does not tell it: only of a server on this machine, whose folder is seen from here. Null = not known. */
async function freeBytes(catalogUrl: string, folder: string): Promise<number | null> {
  const { hostname, port } = new URL(catalogUrl);
  if (!HERE.has(hostname) || !isFolderOf(folder, port || '5432')) return null;
  const disk = await statfs(folder).catch(() => null);
  return disk && disk.bavail * disk.bsize;
}

/** The fourth line of postmaster.pid is the port: in another namespace the same path may be another server's. */
function isFolderOf(folder: string, port: string): boolean {
  const file = join(folder, 'postmaster.pid');
  try {
    return existsSync(file) && readFileSync(file, 'utf8').split('\n')[3]?.trim() === port;
  } catch {
    return false;
  }
}
