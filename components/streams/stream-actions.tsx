'use client';

import { FilePen, Pause, Play, RotateCw, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { formatCount, sentence } from '@/components/ui/figures';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { StreamDetailDto } from '@/core/dto/stream';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import { ReadAgainDialog } from './read-again-dialog';
import { type BufferDecision, RecoverButton } from './recover-button';

export type RestartInput = { readonly streamId: string };

/** Server actions of the stream page; the page hands them in. */
export interface StreamActions {
  readonly pause: (input: { streamId: string; reason: string }) => Promise<ActionResult<unknown>>;
  readonly resume: (input: { streamId: string }) => Promise<ActionResult<unknown>>;
  readonly retire: (input: { streamId: string; confirmName: string }) => Promise<ActionResult<unknown>>;
  readonly recover: (input: { streamId: string; confirmName: string } & BufferDecision) => Promise<ActionResult<unknown>>;
  readonly restart: (input: RestartInput) => Promise<ActionResult<unknown>>;
  readonly startSnapshot: (input: { streamId: string; scope: SnapshotScope; reason: string }) => Promise<ActionResult<unknown>>;
  readonly pauseSnapshot: (input: { streamId: string }) => Promise<ActionResult<unknown>>;
  readonly resumeSnapshot: (input: { streamId: string }) => Promise<ActionResult<unknown>>;
  readonly cancelSnapshot: (input: { streamId: string }) => Promise<ActionResult<unknown>>;
}

export interface StreamActionsProps {
  readonly stream: StreamDetailDto;
  readonly actions: StreamActions;
  /** Something was asked for: read the stream again at once. */
  readonly onDone: () => void;
}

/** What this person may do with this stream, quiet ones first, the likely next one last. */
export function StreamActionBar({ stream, actions, onDone }: StreamActionsProps) {
  const { may } = stream;
  return (
    <>
      {may.retire ? <RetireButton stream={stream} actions={actions} onDone={onDone} /> : null}
      {stream.snapshotMay.start ? <ReadAgainDialog stream={stream} actions={actions} onDone={onDone} /> : null}
      {may.restart ? <RestartButton stream={stream} actions={actions} onDone={onDone} /> : null}
      {may.pause ? <PauseButton stream={stream} actions={actions} onDone={onDone} /> : null}
      {may.revise ? (
        <Button asChild variant={may.resume || may.recover ? 'secondary' : 'primary'}>
          <Link href={`/streams/${stream.id}/revise`}>
            <FilePen aria-hidden />
            Revise
          </Link>
        </Button>
      ) : null}
      {may.resume ? <ResumeButton stream={stream} actions={actions} onDone={onDone} /> : null}
      {may.recover ? <RecoverButton stream={stream} actions={actions} onDone={onDone} /> : null}
    </>
  );
}

function ResumeButton({ stream, actions, onDone }: StreamActionsProps) {
  const { run, busy } = useAction(actions.resume);
  const resume = async () => {
    const result = await run({ streamId: stream.id });
    if (!result.ok) {
      toast.error(sentence(result.error.message), { description: result.error.remedy });
      return;
    }
    toast.success('Resume asked for', { description: 'The worker starts the pipeline where it stopped.' });
    onDone();
  };
  return (
    <Button variant={stream.may.recover ? 'secondary' : 'primary'} busy={busy ? 'Resuming…' : false} onClick={resume}>
      <Play aria-hidden />
      Resume
    </Button>
  );
}

function PauseButton({ stream, actions, onDone }: StreamActionsProps) {
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      trigger={
        <Button>
          <Pause aria-hidden />
          Pause
        </Button>
      }
      title={`Pause ${stream.name}`}
      description="Delivery stops after what is in flight. The slot stays and keeps retaining WAL on the source, so a pause counts against the WAL budget."
      confirmLabel={`Pause ${stream.name}`}
      busyLabel="Pausing…"
      ready={reason.trim().length >= 3}
      action={() => actions.pause({ streamId: stream.id, reason: reason.trim() })}
      onDone={() => {
        setReason('');
        toast.success('Pause asked for', { description: 'The pipeline settles what is in flight and stops.' });
        onDone();
      }}
    >
      <Field label="Reason" hint="The timeline and the audit trail show it.">
        <Textarea value={reason} onChange={(event) => setReason(event.target.value)} rows={2} maxLength={2000} />
      </Field>
    </ConfirmDialog>
  );
}

function RestartButton({ stream, actions, onDone }: StreamActionsProps) {
  return (
    <ConfirmDialog
      trigger={
        <Button>
          <RotateCw aria-hidden />
          Restart
        </Button>
      }
      title={`Restart ${stream.name}`}
      description="The worker ends the pipeline, clears its back-off and starts a new one. Nothing is lost: events that were in flight are read again from the slot, so the sink may see some of them twice."
      confirmLabel={`Restart ${stream.name}`}
      busyLabel="Asking…"
      action={() => actions.restart({ streamId: stream.id })}
      onDone={() => {
        toast.success('Restart asked for', { description: 'The worker starts a new pipeline within seconds.' });
        onDone();
      }}
    />
  );
}

function RetireButton({ stream, actions, onDone }: StreamActionsProps) {
  const { provision } = stream;
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger-quiet">
          <Trash2 aria-hidden />
          Retire
        </Button>
      }
      title={`Retire ${stream.name}`}
      description={
        provision ? (
          <>
            This cannot be undone. On source {stream.sourceName} it drops
            <ul className="my-2 list-disc pl-5 font-mono text-sm break-all text-ink">
              <li>replication slot {provision.slotName}</li>
              <li>publication {provision.publicationName}</li>
            </ul>
            {stream.figures?.spilled
              ? `${formatCount(stream.figures.spilled)} events that wait in the durable buffer are discarded. `
              : null}
            Changes that were not delivered yet are lost with the slot. Dead letters stay and can no longer be replayed.
          </>
        ) : (
          'This cannot be undone. Nothing was made on the source for this stream, so nothing is dropped there.'
        )
      }
      confirmLabel={`Retire ${stream.name}`}
      busyLabel="Retiring…"
      destructive
      typeToConfirm={stream.name}
      action={() => actions.retire({ streamId: stream.id, confirmName: stream.name })}
      onDone={() => {
        toast.success('Retirement asked for', { description: 'The proof that slot and publication are gone appears on this page.' });
        onDone();
      }}
    />
  );
}
