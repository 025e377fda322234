import { formatBytes, formatDuration } from '@/components/ui/figures';

/** Points of the last minutes decide; older ones tell of another time. */
const WINDOW_SECONDS = 300;
/** Fewer points than this are no trend. */
const FEWEST_POINTS = 4;
/** Share of the variance that a line has to explain to be a direction. */
const LEAST_FIT = 0.7;
/** A rise that needs more than a week to matter is steady. */
const HORIZON_SECONDS = 7 * 86_400;

/**
 * Growth of retained WAL in bytes/s by least squares over the last five minutes; null when too little was sampled. A stream
 * that keeps up draws a saw: restart_lsn moves in steps. Its slope means nothing, so a line that fits badly counts as 0.
 */
export function growthPerSecond(at: readonly number[], retained: readonly (number | null)[]): number | null {
  const last = at.at(-1);
  if (last === undefined) return null;
  const points = at.flatMap((second, index) => {
    const bytes = retained[index];
    return bytes !== null && bytes !== undefined && second >= last - WINDOW_SECONDS ? [[second - last, bytes] as const] : [];
  });
  if (points.length < FEWEST_POINTS) return null;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return null;
  const together = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [, y]) => sum + (y - meanY) ** 2, 0);
  if (variance === 0 || together ** 2 / (spread * variance) < LEAST_FIT) return 0;
  return together / spread;
}

export interface WalTrendInput {
  readonly retainedBytes: number;
  readonly budgetBytes: number | null;
  readonly capBytes: number | null;
  readonly growth: number | null;
}
export interface WalTrend {
  readonly sentence: string;
  /** Seconds until the nearer of budget and cap; null = steady or falling, 0 = reached. */
  readonly secondsLeft: number | null;
}

/** "reaches the budget in 3 h 12 min", "steady", "over its budget by 200 MB". */
export function walTrend({ retainedBytes, budgetBytes, capBytes, growth }: WalTrendInput): WalTrend {
  if (budgetBytes !== null && retainedBytes >= budgetBytes) {
    const over = `over its budget by ${formatBytes(retainedBytes - budgetBytes)}`;
    const toCap = secondsTo(capBytes, retainedBytes, growth);
    return { sentence: toCap === null ? over : `${over}; reaches the server’s cap in ${formatDuration(toCap)}`, secondsLeft: 0 };
  }
  if (growth === null) return { sentence: 'no trend yet', secondsLeft: null };
  const toBudget = secondsTo(budgetBytes, retainedBytes, growth);
  if (toBudget !== null) return { sentence: `reaches the budget in ${formatDuration(toBudget)}`, secondsLeft: toBudget };
  const toCap = secondsTo(capBytes, retainedBytes, growth);
  if (toCap !== null) return { sentence: `reaches the server’s cap in ${formatDuration(toCap)}`, secondsLeft: toCap };
  return { sentence: growth < 0 && -growth * 60 > retainedBytes * 0.05 ? 'falling' : 'steady', secondsLeft: null };
}

function secondsTo(limit: number | null, retained: number, growth: number | null): number | null {
  if (limit === null || growth === null || growth <= 0) return null;
  const seconds = (limit - retained) / growth;
  return seconds > 0 && seconds <= HORIZON_SECONDS ? seconds : null;
}
