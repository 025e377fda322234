'use client';

import { Pause, Play, X } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { sentence } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { SnapshotDto } from '@/core/dto/stream';
import type { Tone } from '@/core/lifecycle/stream-state';
import type { SnapshotStatus } from '@/core/policy/snapshot-moves';
import { originWords, progressWords, shareOf } from './snapshot-words';
import type { StreamActionsProps } from './stream-actions';

const FACES: Readonly<Record<SnapshotStatus, { readonly word: string; readonly tone: Tone; readonly bar: string }>> = {
  running: { word: 'Reading', tone: 'healthy', bar: 'bg-healthy' },
  paused: { word: 'Paused', tone: 'attention', bar: 'bg-attention' },
  done: { word: 'Done', tone: 'healthy', bar: 'bg-healthy' },
  cancelled: { word: 'Cancelled', tone: 'neutral', bar: 'bg-control' },
  failed: { word: 'Failed', tone: 'danger', bar: 'bg-danger' },
};

/** Existing rows that are being read, or were within the last day: how far, how fast, what it waits for. */
export function SnapshotCard({ stream, actions, onDone }: StreamActionsProps) {
  const { snapshot } = stream;
  if (!snapshot) return null;
  const { word, tone, bar } = FACES[snapshot.status];
  const share = shareOf(snapshot);
  const waits = snapshot.status === 'running' || snapshot.status === 'paused' ? snapshot.waitsFor : null;
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          {snapshot.kind === 'initial' ? 'Initial snapshot' : 'Rows read again'}
          <Badge tone={tone}>{word}</Badge>
        </span>
      }
      description={<span className="break-words">{originWords(snapshot)}</span>}
      actions={<SnapshotActions stream={stream} actions={actions} onDone={onDone} />}
    >
      <div className="flex flex-col gap-2">
        <p>{progressWords(snapshot)}</p>
        {share === null ? null : (
          <div
            role="progressbar"
            aria-label="Rows read"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share * 100)}
            className="h-1.5 overflow-hidden rounded-full bg-line"
          >
            <div className={cn('h-full rounded-full', bar)} style={{ width: `${share * 100}%` }} />
          </div>
        )}
        {waits ? <p className="text-sm break-words text-ink-muted">Waits for {waits}.</p> : null}
        {snapshot.note ? <p className="text-sm break-words text-danger">{sentence(snapshot.note)}.</p> : null}
        <Times snapshot={snapshot} />
      </div>
    </Card>
  );
}

function Times({ snapshot: { startedAt, finishedAt } }: { snapshot: SnapshotDto }) {
  if (!startedAt) return null;
  return (
    <p className="text-sm text-ink-muted">
      Started <RelativeTime at={startedAt} />
      {finishedAt ? (
        <>
          , over <RelativeTime at={finishedAt} />
        </>
      ) : null}
    </p>
  );
}

function SnapshotActions({ stream, actions, onDone }: StreamActionsProps) {
  const { pause, resume, cancel } = stream.snapshotMay;
  if (!pause && !resume && !cancel) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {pause ? (
        <MoveButton act={actions.pauseSnapshot} streamId={stream.id} done="Reading pauses after the chunk under way" onDone={onDone}>
          <Pause aria-hidden />
          Pause
        </MoveButton>
      ) : null}
      {resume ? (
        <MoveButton act={actions.resumeSnapshot} streamId={stream.id} done="Reading goes on where it was" onDone={onDone}>
          <Play aria-hidden />
          Resume
        </MoveButton>
      ) : null}
      {cancel ? (
        <ConfirmDialog
          trigger={
            <Button variant="danger-quiet">
              <X aria-hidden />
              Cancel
            </Button>
          }
          title={`Stop reading rows of ${stream.table} again`}
          description="Rows that were delivered stay delivered; the others are not read. Changes stream on. A new request begins from the first row."
          confirmLabel="Stop reading"
          busyLabel="Stopping…"
          destructive
          action={() => actions.cancelSnapshot({ streamId: stream.id })}
          onDone={() => {
            toast.success('Reading was cancelled');
            onDone();
          }}
        />
      ) : null}
    </div>
  );
}

interface MoveButtonProps {
  readonly act: (input: { streamId: string }) => Promise<ActionResult<unknown>>;
  readonly streamId: string;
  readonly done: string;
  readonly onDone: () => void;
  readonly children: React.ReactNode;
}

function MoveButton({ act, streamId, done, onDone, children }: MoveButtonProps) {
  const { run, busy } = useAction(act);
  const move = async () => {
    const result = await run({ streamId });
    if (!result.ok) {
      toast.error(sentence(result.error.message), { description: result.error.remedy });
      return;
    }
    toast.success(done);
    onDone();
  };
  return (
    <Button busy={busy ? 'Asking…' : false} onClick={move}>
      {children}
    </Button>
  );
}
