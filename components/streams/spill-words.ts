import { formatBytes, formatCount, formatDuration, formatRate } from '@/components/ui/figures';
import type { StreamFiguresDto } from '@/core/dto/stream';

type Figures = Pick<StreamFiguresDto, 'spilled' | 'spilledBytes' | 'spilledInPerSec' | 'spilledOutPerSec'>;

/** Seconds until the buffer is empty at the rates of now; null while it does not shrink. */
export function secondsToEmpty({ spilled, spilledInPerSec, spilledOutPerSec }: Figures): number | null {
  const net = spilledOutPerSec - spilledInPerSec;
  return spilled === 0 || net <= 0 ? null : Math.ceil(spilled / net);
}

/** What is in the buffer, how it grows or drains, and when it is empty, as sentences. */
export function spillWords(figures: Figures): string {
  const { spilled, spilledBytes, spilledInPerSec, spilledOutPerSec } = figures;
  const held = `${formatCount(spilled)} events in ${formatBytes(spilledBytes)}.`;
  const rates = `${formatRate(spilledInPerSec)} come in, ${formatRate(spilledOutPerSec)} are delivered.`;
  const left = secondsToEmpty(figures);
  return left === null ? `${held} ${rates}` : `${held} ${rates} Empty in about ${formatDuration(left)}.`;
}
