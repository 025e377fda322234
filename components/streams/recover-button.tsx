import { DatabaseBackup } from 'lucide-react';
import { lazy, useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { StreamActionsProps } from './stream-actions';

/** Comes with the dialog, when it is opened. */
const BufferChoice = lazy(() => import('./buffer-choice'));

/** What becomes of events that wait in the durable buffer; with `discard` a reason. */
export interface BufferDecision {
  readonly buffered?: 'deliver' | 'discard';
  readonly reason?: string;
}

/** As the verb wants it. */
const SHORTEST_REASON = 5;

/** What can be done once the slot, or its place, is gone: begin anew. Says plainly what that costs. */
export function RecoverButton({ stream, actions, onDone }: StreamActionsProps) {
  const { provision, spec, figures } = stream;
  const [buffered, setBuffered] = useState<BufferDecision['buffered']>();
  const [reason, setReason] = useState('');
  const reads = deliversRows(spec.source.snapshot);
  const label = reads ? 'Read the table again' : 'Make a new slot';
  const holds = (figures?.spilled ?? 0) > 0;
  const decision: BufferDecision = !holds || !buffered ? {} : buffered === 'discard' ? { buffered, reason: reason.trim() } : { buffered };
  return (
    <ConfirmDialog
      trigger={
        <Button variant="primary">
          <DatabaseBackup aria-hidden />
          {label}
        </Button>
      }
      title={`${label}: ${stream.name}`}
      description={
        <>
          What is left of replication slot <code className="font-mono break-all">{provision?.slotName}</code> on source {stream.sourceName}{' '}
          is dropped, and slot and publication are made anew.
          <span className="mt-2 block">
            {reads
              ? `Every row of ${stream.table} is then delivered again as a read event, and changes follow without a gap. Rows that were deleted since the last confirmed position are not told.`
              : `This stream takes no snapshot: changes of ${stream.table} between the last confirmed position${provision?.promisedLsn ? ` (at most ${provision.promisedLsn})` : ''} and the new slot are lost to it.`}
          </span>
        </>
      }
      confirmLabel={label}
      busyLabel="Asking…"
      destructive
      typeToConfirm={stream.name}
      ready={!holds || buffered === 'deliver' || (buffered === 'discard' && reason.trim().length >= SHORTEST_REASON)}
      action={() => actions.recover({ streamId: stream.id, confirmName: stream.name, ...decision })}
      onDone={() => {
        toast.success('Asked for', { description: 'The worker drops what is left and makes slot and publication anew.' });
        onDone();
      }}
    >
      {holds && figures ? (
        <BufferChoice figures={figures} buffered={buffered} onBuffered={setBuffered} reason={reason} onReason={setReason} />
      ) : null}
    </ConfirmDialog>
  );
}
