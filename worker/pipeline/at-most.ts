import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for all to end, however they end, but no longer than `ms`. */
export async function atMost(ms: number, ends: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await Promise.race([Promise.allSettled(ends), sleep(ms, undefined, { ref: false })]);
}
