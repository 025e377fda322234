'use client';

import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { formatPlural } from '@/components/ui/figures';
import { Textarea } from '@/components/ui/textarea';
import type { ActionResult } from '@/core/dto/action-result';
import { countOf, parkedBehind, type ReviewTarget, selectionOf, streamOf } from './review-target';

export type DiscardAction = (input: unknown) => Promise<ActionResult<{ discarded: number }>>;

interface DiscardDialogProps {
  readonly target: ReviewTarget;
  readonly action: DiscardAction;
  readonly onClose: () => void;
  readonly onDone: (discarded: number) => void;
}

export function DiscardDialog({ target, action, onClose, onDone }: DiscardDialogProps) {
  const [reason, setReason] = useState('');
  const count = countOf(target);
  const what = target.kind === 'letter' ? 'this letter' : `${formatPlural(count, 'letter')}`;
  const behind = parkedBehind(target);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Discard ${what}`}
      description={
        <p>
          The receiver of {streamOf(target).name} never gets {target.kind === 'letter' ? 'this event' : 'these events'}. This cannot be
          undone; input, output and reason stay readable here.{' '}
          {behind > 0 ? `${formatPlural(behind, 'parked letter')} behind it are sent next.` : ''}
        </p>
      }
      confirmLabel={`Discard ${what}`}
      busyLabel="Discarding…"
      destructive
      ready={reason.trim().length >= 5}
      action={() => action({ ...selectionOf(target), reason: reason.trim() })}
      onDone={({ discarded }) => onDone(discarded)}
    >
      <Field label="Reason" hint="At least 5 characters. It stands beside the letter and in the audit." required>
        <Textarea value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  );
}
