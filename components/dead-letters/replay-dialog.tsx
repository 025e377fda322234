'use client';

import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorPanel } from '@/components/ui/error-panel';
import { formatPlural } from '@/components/ui/figures';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import { ReplayPreview } from './replay-preview';
import { countOf, type Progress, type ReviewTarget, selectionOf, streamOf } from './review-target';

export type ReplayAction = (input: unknown) => Promise<ActionResult<{ requested: number; keys: number; blocked?: number }>>;

interface ReplayDialogProps {
  readonly target: ReviewTarget;
  readonly action: ReplayAction;
  readonly onClose: () => void;
  readonly onDone: (progress: Progress | null, requested: number) => void;
}

/** First shows what would be sent; the button sends it. */
export function ReplayDialog({ target, action, onClose, onDone }: ReplayDialogProps) {
  const { run, busy, error } = useAction(action);
  const count = countOf(target);
  const words = target.kind === 'letter' ? 'Replay letter' : `Replay ${formatPlural(count, 'letter')}`;
  const submit = async () => {
    const result = await run(selectionOf(target));
    if (!result.ok) return;
    const { requested, keys, blocked = 0 } = result.value;
    const fingerprint = target.kind === 'group' ? target.group.fingerprint : target.letter.fingerprint;
    onClose();
    onDone(
      target.kind === 'group' && fingerprint
        ? { fingerprint, streamName: target.group.stream.name, requested, keys, blocked, openLeft: Math.max(0, count - requested) }
        : null,
      requested,
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      wide
      title={words}
      description={`Each message is made anew from its input by the current revision of ${streamOf(target).name} and sent in key order, once.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy ? 'Requesting…' : false} disabled={count === 0} onClick={submit}>
            {words}
          </Button>
        </>
      }
    >
      <ReplayPreview target={target} />
      {error ? <ErrorPanel title={error.message} remedy={error.remedy} id={error.id} /> : null}
    </Dialog>
  );
}
