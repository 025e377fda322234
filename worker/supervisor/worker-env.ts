import { hostname } from 'node:os';
import * as z from 'zod';
import { SpillwayError } from '@/core/errors';
import { SPILL_LIMITS, type SpillLimits } from '@/worker/pipeline/spill-room';

const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

const bytes = (fallback: number) =>
  z.preprocess(
    (value) => (value === '' || value === undefined ? fallback : value),
    z.coerce.number({ error: 'give a number of bytes' }).int('give a whole number of bytes').min(0, 'give 0 bytes or more'),
  );

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'give the catalog as postgres://user:password@host:port/database' }),
  SPILLWAY_WORKER_KEY_FILE: z.string({ error: 'name the file of the worker key' }).min(1),
  SPILLWAY_WORKER_ID: optional,
  SPILLWAY_WORKER_HEALTH_PORT: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().min(0).max(65_535).optional(),
  ),
  SPILLWAY_SPILL_MAX_BYTES: bytes(SPILL_LIMITS.totalBytes),
  SPILLWAY_SPILL_MIN_FREE_BYTES: bytes(SPILL_LIMITS.minFreeBytes),
});

export interface WorkerEnv {
  readonly catalogUrl: string;
  readonly keyFile: string;
  /** Stable over restarts of one installation. */
  readonly workerId: string;
  /** null = no health server. */
  readonly healthPort: number | null;
  readonly spillLimits: SpillLimits;
}

/** Reads the worker's environment. Throws `precondition_failed` naming the variables, never their values. */
export function readWorkerEnv(env: NodeJS.ProcessEnv): WorkerEnv {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const named = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SpillwayError('precondition_failed', `the environment is incomplete: ${named.join('; ')}`);
  }
  return {
    catalogUrl: parsed.data.DATABASE_URL,
    keyFile: parsed.data.SPILLWAY_WORKER_KEY_FILE,
    workerId: parsed.data.SPILLWAY_WORKER_ID ?? hostname(),
    healthPort: parsed.data.SPILLWAY_WORKER_HEALTH_PORT ?? null,
    spillLimits: { totalBytes: parsed.data.SPILLWAY_SPILL_MAX_BYTES, minFreeBytes: parsed.data.SPILLWAY_SPILL_MIN_FREE_BYTES },
  };
}
