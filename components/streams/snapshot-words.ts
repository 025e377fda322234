import { formatCount, formatDuration, formatPlural, sentence } from '@/components/ui/figures';
import type { SnapshotDto } from '@/core/dto/stream';

/** An estimate: `about 1.2 million`, `about 12,000`, with two figures that count. */
export function aboutRows(rows: number): string {
  if (rows >= 999_500) return `about ${Number((rows / 1e6).toPrecision(2)).toLocaleString('en-US')} million rows`;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, rows))) - 1);
  return `about ${formatPlural(Math.round(rows / step) * step, 'row')}`;
}

/** `412,000 of about 1.2 million rows, 8,300 rows/s, about 2 min left`; what is over has its rows and its time. */
export function progressWords({ status, rows, total, perSec, etaSeconds, startedAt, finishedAt }: SnapshotDto): string {
  if (status === 'done') {
    const took =
      startedAt && finishedAt ? ` in ${formatDuration(Math.max(1, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000))}` : '';
    return `${formatPlural(rows, 'row')}${took}`;
  }
  const over = status === 'cancelled' || status === 'failed';
  const read = total === null || over ? `${formatPlural(rows, 'row')} read` : `${formatCount(rows)} of ${aboutRows(Math.max(total, rows))}`;
  const rate = status === 'running' && perSec >= 1 ? `, ${formatCount(Math.round(perSec))} rows/s` : '';
  const left = status === 'running' && etaSeconds !== null ? `, about ${formatDuration(Math.max(1, etaSeconds))} left` : '';
  return `${read}${rate}${left}`;
}

/** Between 0 and 1; null when the size is not known. It is full only when the reading is over. */
export function shareOf({ status, rows, total }: SnapshotDto): number | null {
  if (status === 'done') return 1;
  return total === null || total === 0 ? null : Math.min(0.99, rows / total);
}

/** What is read, why, and who asked. */
export function originWords({ kind, scope, requestedBy, reason }: SnapshotDto): string {
  if (kind === 'initial') return 'Every existing row, as the spec says';
  return `${sentence(scope)}, asked for by ${requestedBy ?? 'nobody known'}: ${reason ?? 'no reason given'}`;
}
