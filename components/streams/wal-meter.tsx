import { cn } from '@/components/ui/cn';
import { formatBytes, formatShare } from '@/components/ui/figures';
import { TONE_FILL, TONE_TEXT } from '@/components/ui/tone';
import { budgetTone } from '@/core/lifecycle/stream-standing';

interface WalMeterProps {
  readonly retainedBytes: number | null;
  readonly budgetBytes: number | null;
}

/** Retained WAL as a short bar against the budget, with the figures. */
export function WalMeter({ retainedBytes, budgetBytes }: WalMeterProps) {
  if (retainedBytes === null) return <span className="text-ink-faint">–</span>;
  const share = budgetBytes ? retainedBytes / budgetBytes : null;
  const tone = share === null ? 'neutral' : budgetTone(share);
  return (
    <span className="inline-flex flex-col gap-1 max-sm:items-end">
      <span className={cn('whitespace-nowrap', tone !== 'neutral' && TONE_TEXT[tone])}>
        {formatBytes(retainedBytes)}
        {budgetBytes === null ? null : <span className="text-ink-muted"> of {formatBytes(budgetBytes)}</span>}
        {share === null ? null : <span className="sr-only">, {formatShare(share)} of the budget</span>}
      </span>
      {share === null ? null : (
        <span className="block h-1 w-24 overflow-hidden rounded-full bg-line" aria-hidden>
          <span
            className={cn('block h-full rounded-full', tone === 'neutral' ? 'bg-accent' : TONE_FILL[tone])}
            style={{ width: `${Math.max(share > 0 ? 2 : 0, Math.min(100, share * 100))}%` }}
          />
        </span>
      )}
    </span>
  );
}
