import { DatabaseBackup } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { StreamActionsProps } from './stream-actions';

/** What can be done once the slot, or its place, is gone: begin anew. Says plainly what that costs. */
export function RecoverButton({ stream, actions, onDone }: StreamActionsProps) {
  const { provision, spec } = stream;
  const reads = deliversRows(spec.source.snapshot);
  const label = reads ? 'Read the table again' : 'Make a new slot';
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
      action={() => actions.recover({ streamId: stream.id, confirmName: stream.name })}
      onDone={() => {
        toast.success('Asked for', { description: 'The worker drops what is left and makes slot and publication anew.' });
        onDone();
      }}
    />
  );
}
