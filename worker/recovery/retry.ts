/** First wait and longest wait, ms. */
export const BACK_OFF = { baseMs: 200, capMs: 30_000 } as const;

/**
 * How long to wait before the next attempt, ms: exponential back-off with full jitter, so that many streams do not come
 * back at once. `failures` counts from 1; `random` is in [0, 1). A wait that the sink asked for is never undercut.
 */
export function backOff(failures: number, random: number, retryAfterMs = 0, limits: { baseMs: number; capMs: number } = BACK_OFF): number {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(Math.round(random * ceiling), retryAfterMs, 10);
}
