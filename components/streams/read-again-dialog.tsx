'use client';

import { BookOpenCheck } from 'lucide-react';
import { lazy, useState } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorPanel } from '@/components/ui/error-panel';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import type { ReadAgainTyped } from './read-again-fields';
import type { StreamActionsProps } from './stream-actions';

/** Comes with the dialog, when it is opened. */
const ReadAgainFields = lazy(() => import('./read-again-fields'));

const EMPTY: ReadAgainTyped = { kind: 'table', from: '', to: '', condition: '', reason: '' };

/** Asks for rows to be read again while changes stream: all of them, a range of the key, or those that meet a condition. */
export function ReadAgainDialog({ stream, actions, onDone }: StreamActionsProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(EMPTY);
  const { run, busy, error, clear } = useAction(actions.startSnapshot);
  const edit = (change: Partial<ReadAgainTyped>) => {
    clear();
    setTyped({ ...typed, ...change });
  };
  const show = (next: boolean) => {
    clear();
    setOpen(next);
  };
  const submit = async () => {
    const result = await run({ streamId: stream.id, scope: scopeOf(typed), reason: typed.reason.trim() });
    if (!result.ok) return;
    setTyped(EMPTY);
    setOpen(false);
    toast.success('Rows are read again', { description: 'Changes stream on meanwhile; this page shows how far it is.' });
    onDone();
  };
  const problems = error?.problems ?? [];
  const placed = ['scope.from', 'scope.to', 'scope.condition', 'reason'].some((field) => problemFor(problems, field));
  const asked = problemFor(problems, 'scope');
  return (
    <Dialog
      open={open}
      onOpenChange={show}
      trigger={
        <Button>
          <BookOpenCheck aria-hidden />
          Read rows again
        </Button>
      }
      title={`Read rows of ${stream.table} again`}
      description="They are delivered as read events (op r) beside the changes, in chunks; a row never arrives older than a change of it that was delivered before. It can be paused and cancelled, and goes on after a restart."
      footer={
        <>
          <Button onClick={() => show(false)}>Cancel</Button>
          <Button variant="primary" disabled={!ready(typed)} busy={busy ? 'Asking the server…' : false} onClick={submit}>
            Read rows again
          </Button>
        </>
      }
    >
      <ReadAgainFields rowFilter={stream.spec.source.rowFilter} typed={typed} onEdit={edit} problems={problems} />
      {error && !placed ? <ErrorPanel title={error.message} remedy={asked ?? error.remedy} id={error.id} /> : null}
    </Dialog>
  );
}

function ready({ kind, from, to, condition, reason }: ReadAgainTyped): boolean {
  if (reason.trim().length < 3) return false;
  if (kind === 'range') return from.trim() !== '' || to.trim() !== '';
  return kind === 'table' || condition.trim() !== '';
}

function scopeOf({ kind, from, to, condition }: ReadAgainTyped): SnapshotScope {
  const key = (text: string) => text.replace(/\n+$/, '').split('\n');
  if (kind === 'range') return { kind, ...(from.trim() ? { from: key(from) } : {}), ...(to.trim() ? { to: key(to) } : {}) };
  return kind === 'table' ? { kind } : { kind, condition };
}
