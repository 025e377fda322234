import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { formatPlural } from '@/components/ui/figures';
import type { LetterGroupDto } from '@/core/dto/dead-letter';
import { type Progress, progressNow } from './review-target';

/** What happens after "Replay 37 letters", as it happens. */
export function ReplayProgress({
  progress,
  groups,
  onClose,
}: {
  progress: Progress;
  groups: readonly LetterGroupDto[];
  onClose: () => void;
}) {
  const now = progressNow(
    progress,
    groups.find((group) => group.fingerprint === progress.fingerprint),
  );
  const done = now.underway === 0;
  return (
    <div role="status">
      <Callout
        tone={!done ? 'neutral' : now.openAgain > 0 ? 'attention' : 'healthy'}
        title={
          done
            ? `${now.replayed} of ${formatPlural(progress.requested, 'letter')} replayed to the sink of ${progress.streamName}`
            : `Replaying ${formatPlural(progress.requested, 'letter')} of ${formatPlural(progress.keys, 'key')}: ${now.replayed} replayed, ${now.underway} on their way`
        }
        action={
          <Button size="sm" onClick={onClose}>
            Close
          </Button>
        }
      >
        {now.openAgain > 0 ? <p>{formatPlural(now.openAgain, 'letter')} failed again or came in new: they are open below.</p> : null}
        {progress.blocked > 0 ? (
          <p>{formatPlural(progress.blocked, 'letter')} stayed open behind an earlier letter of the same key.</p>
        ) : null}
      </Callout>
    </div>
  );
}
