import type { DeliveryError } from '@/worker/sink/sink';

/** First wait and longest wait, ms. */
export const BACK_OFF = { baseMs: 200, capMs: 30_000 } as const;
/** Longer than this nobody waits, whatever the sink asks for, ms: it may have written a date far away. */
export const LONGEST_WAIT_MS = 300_000;
/** A refused login is tried again no sooner than this, ms: accounts are locked for less. */
const AUTH_WAIT_MS = 2_000;

/**
 * How long to wait before the next attempt, ms: exponential back-off with full jitter, so that many streams do not come
 * back at once. `failures` counts from 1; `random` is in [0, 1). A wait that the sink asked for is not undercut, up to 300 s.
 */
export function backOff(failures: number, random: number, retryAfterMs = 0, limits: { baseMs: number; capMs: number } = BACK_OFF): number {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(Math.round(random * ceiling), Math.min(retryAfterMs, LONGEST_WAIT_MS), 10);
}

/** The wait after a delivery that failed so many times in a row, ms. */
export function waitAfter(
  { errorClass, retryAfterMs = 0 }: DeliveryError,
  failures: number,
  random: number,
  limits: { baseMs: number; capMs: number } = BACK_OFF,
): number {
  return backOff(failures, random, errorClass === 'auth' ? Math.max(retryAfterMs, AUTH_WAIT_MS) : retryAfterMs, limits);
}
