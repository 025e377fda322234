import type { SpillSpec } from '../spec/spill';

/** Of the WAL budget, per cent: a sink that is down is not waited for any longer. */
export const SPILL_SHARE = 50;

/** What the decision depends on; ms and bytes. */
export interface SpillSituation {
  readonly spill: SpillSpec;
  /** How long the sink has been down without a break; null when it is not. */
  readonly downMs: number | null;
  /** Latest look at the slot; null when nobody has looked. */
  readonly retainedBytes: number | null;
  readonly budgetBytes: number | null;
  /** As much is read and not delivered as a pipeline may hold. */
  readonly behind: boolean;
}

export type SpillReason = 'sink_down' | 'wal_share' | 'wal_budget';

/**
 * Whether a stream that delivers directly begins to spill, and why; null = it does not. A sink that is down for long enough, or while
 * half of the WAL budget is used, or a whole budget used while delivery cannot keep up, for whatever reason. Pure.
 */
export function whySpill({ spill, downMs, retainedBytes, budgetBytes, behind }: SpillSituation): SpillReason | null {
  if (!spill.enabled) return null;
  const percent = retainedBytes === null || !budgetBytes ? 0 : (retainedBytes / budgetBytes) * 100;
  if (downMs !== null && downMs >= spill.afterSeconds * 1000) return 'sink_down';
  if (downMs !== null && percent >= SPILL_SHARE) return 'wal_share';
  return behind && percent >= 100 ? 'wal_budget' : null;
}

/** In how many ms a sink that stays down is down for long enough; null when that is not what is waited for. */
export function spillsIn({ spill, downMs }: Pick<SpillSituation, 'spill' | 'downMs'>): number | null {
  return !spill.enabled || downMs === null ? null : Math.max(0, spill.afterSeconds * 1000 - downMs);
}
