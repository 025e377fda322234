import { CircleCheck, Hourglass, type LucideIcon, PlugZap, Target, Timer } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { SlotVerdictDto } from '@/core/dto/slot';

type Verdict = SlotVerdictDto['verdict'];

/** The verdict in two words, for a row. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  caught_up: 'keeps up',
  moving: 'catching up',
  worker_down: 'nobody reads',
  open_transaction: 'open transaction',
  sink_slow: 'slow sink',
  decoding: 'big decode',
  lost: 'slot lost',
};

const ICONS: Readonly<Record<Verdict, LucideIcon>> = {
  caught_up: CircleCheck,
  moving: Timer,
  worker_down: PlugZap,
  open_transaction: Hourglass,
  sink_slow: Target,
  decoding: Timer,
  lost: PlugZap,
};

const CALM: readonly Verdict[] = ['caught_up', 'moving'];

/** Why the stream lags or retains WAL, as one sentence beside the figures. */
export function VerdictLine({ verdict }: { verdict: SlotVerdictDto | null }) {
  if (!verdict) return null;
  const Icon = ICONS[verdict.verdict];
  const calm = CALM.includes(verdict.verdict);
  return (
    <p className={cn('mt-3 flex items-start gap-1.5 text-sm', calm ? 'text-ink-muted' : 'text-attention')} data-verdict={verdict.verdict}>
      <Icon className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 break-words">{verdict.sentence}</span>
    </p>
  );
}

/** The same in a row: two words, the sentence in the tooltip. */
export function VerdictWord({ verdict }: { verdict: SlotVerdictDto | null }) {
  if (!verdict) return null;
  return (
    <span
      title={verdict.sentence}
      className={cn('block text-sm whitespace-nowrap', CALM.includes(verdict.verdict) ? 'text-ink-muted' : 'text-attention')}
    >
      {VERDICT_WORDS[verdict.verdict]}
    </span>
  );
}
