import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import type { StreamDetailDto } from '@/core/dto/stream';
import { spillWords } from './spill-words';

/** What is in the durable buffer, while something is. */
export function SpillCard({ stream: { figures, state } }: { stream: Pick<StreamDetailDto, 'figures' | 'state'> }) {
  if (!figures || figures.spilled === 0 || state === 'retired') return null;
  return (
    <Card title="Durable buffer" description="Events that were read from the source and wait for the sink, in order.">
      <p>{spillWords(figures)}</p>
      {figures.spilledOldestAt ? (
        <p className="mt-1 text-sm text-ink-muted">
          The oldest was committed <RelativeTime at={figures.spilledOldestAt} />
        </p>
      ) : null}
    </Card>
  );
}
