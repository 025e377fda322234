import { Callout } from '@/components/ui/callout';
import { formatBytes, formatShare } from '@/components/ui/figures';
import type { StreamDetailDto } from '@/core/dto/stream';
import { budgetShare, nearsBudget } from '@/core/lifecycle/stream-standing';

/** Retained WAL near or over its budget: the source's disk is what is at stake, whatever the state says. */
export function BudgetBanner({ stream }: { stream: StreamDetailDto }) {
  const share = budgetShare(stream);
  const retained = stream.figures?.retainedBytes ?? null;
  const budget = stream.walBudgetBytes;
  if (share === null || retained === null || budget === null || !nearsBudget(stream)) return null;
  const over = share >= 1;
  return (
    <Callout
      tone={over ? 'danger' : 'attention'}
      title={
        over
          ? `Retained WAL is over its budget: ${formatBytes(retained)} of ${formatBytes(budget)}`
          : `Retained WAL uses ${formatShare(share)} of its budget of ${formatBytes(budget)}`
      }
    >
      <p>
        {stream.serverCapBytes === null
          ? 'The server has no cap of its own, so its disk is what fills next.'
          : `At ${formatBytes(stream.serverCapBytes)} the server removes WAL this stream still needs, and the slot is lost.`}
      </p>
      <p>
        <span className="text-ink-muted">Next: </span>
        {stream.desired === 'paused'
          ? 'Resume the stream, or retire it if it is not needed.'
          : 'Bring delivery back. A platform admin can raise the budget, or retire the stream.'}
      </p>
    </Callout>
  );
}
