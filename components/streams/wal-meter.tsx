import { cn } from '@/components/ui/cn';
import { formatBytes, formatShare } from '@/components/ui/figures';
import { TONE_FILL, TONE_TEXT } from '@/components/ui/tone';
import { budgetTone } from './standing';

interface WalMeterProps {
  readonly retainedBytes: number | null;
  readonly budgetBytes: number | null;
  /** Whose WAL, for screen readers. */
  readonly of: string;
}

/** Retained WAL as a short bar against the budget, with the figures. */
export function WalMeter({ retainedBytes, budgetBytes, of }: WalMeterProps) {
  if (retainedBytes === null) return <span className="text-ink-faint">–</span>;
  const share = budgetBytes ? retainedBytes / budgetBytes : null;
  const tone = share === null ? 'neutral' : budgetTone(share);
  return (
    <span className="inline-flex flex-col gap-1 max-sm:items-end">
      <span className={cn('whitespace-nowrap', tone !== 'neutral' && TONE_TEXT[tone])}>
        {formatBytes(retainedBytes)}
        {budgetBytes === null ? null : <span className="text-ink-muted"> of {formatBytes(budgetBytes)}</span>}
      </span>
      {share === null ? null : (
        <span
          role="meter"
          aria-label={`Retained WAL of ${of}`}
          aria-valuenow={Math.round(Math.min(share, 1) * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuetext={`${formatShare(share)} of the budget`}
          className="block h-1 w-24 overflow-hidden rounded-full bg-line"
        >
          <span
            className={cn('block h-full rounded-full', tone === 'neutral' ? 'bg-accent' : TONE_FILL[tone])}
            style={{ width: `${Math.max(share > 0 ? 2 : 0, Math.min(100, share * 100))}%` }}
          />
        </span>
      )}
    </span>
  );
}
