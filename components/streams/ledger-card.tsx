import { CircleCheck, TriangleAlert } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { formatCount } from '@/components/ui/figures';
import type { StreamFiguresDto } from '@/core/dto/stream';
import { ledgerOf } from './ledger';

/** Every decoded change is accounted for; a remainder is an alarm. */
export function LedgerCard({ figures, retired }: { figures: StreamFiguresDto | null; retired: boolean }) {
  if (!figures) {
    return (
      <Card title="Ledger">
        <p className="text-ink-muted">
          {retired ? 'No figures were kept of this stream.' : 'Nothing was decoded yet. Each change that is will be accounted for here.'}
        </p>
      </Card>
    );
  }
  const { decoded, parts, remainder } = ledgerOf(figures);
  return (
    <Card title="Ledger" description="Every decoded change, and what became of it.">
      <dl className="grid grid-cols-[1fr_auto] gap-y-1">
        <dt className="font-medium">decoded</dt>
        <dd className="text-right font-medium">{formatCount(decoded)}</dd>
        {parts.map((part) => (
          <div key={part.name} className="col-span-2 grid grid-cols-subgrid" title={part.hint}>
            <dt className="text-ink-muted">{part.name}</dt>
            <dd className="text-right">{formatCount(part.count)}</dd>
          </div>
        ))}
      </dl>
      {remainder === 0 ? (
        <p className="mt-3 flex items-center gap-1.5 border-t pt-3 text-sm text-healthy">
          <CircleCheck className="size-4" aria-hidden />
          Balances
        </p>
      ) : (
        <p className="mt-3 flex items-center gap-1.5 border-t pt-3 text-sm text-danger">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          {formatCount(Math.abs(remainder))} {remainder > 0 ? 'not accounted for' : 'accounted for twice'}
        </p>
      )}
    </Card>
  );
}
