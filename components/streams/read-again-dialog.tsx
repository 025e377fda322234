'use client';

import { BookOpenCheck } from 'lucide-react';
import { useState } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { RadioGroup } from '@/components/ui/radio-group';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import type { StreamActionsProps } from './stream-actions';

interface Typed {
  readonly kind: SnapshotScope['kind'];
  readonly from: string;
  readonly to: string;
  readonly condition: string;
  readonly reason: string;
}
const EMPTY: Typed = { kind: 'table', from: '', to: '', condition: '', reason: '' };

/** Asks for rows to be read again while changes stream: all of them, a range of the key, or those that meet a condition. */
export function ReadAgainDialog({ stream, actions, onDone }: StreamActionsProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(EMPTY);
  const { run, busy, error, clear } = useAction(actions.startSnapshot);
  const edit = (change: Partial<Typed>) => {
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
      <RadioGroup
        label="Which rows"
        value={typed.kind}
        onChange={(kind) => edit({ kind })}
        options={[
          {
            value: 'table',
            label: 'The whole table',
            hint: stream.spec.source.rowFilter ? 'Every row that meets the row filter of the spec.' : 'Every row.',
          },
          { value: 'range', label: 'A range of the key', hint: 'From a first to a last key, both included.' },
          {
            value: 'condition',
            label: 'A condition',
            hint: 'Rows for which a SQL condition holds; the row filter of the spec applies too.',
          },
        ]}
      />
      {typed.kind === 'range' ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <KeyField
            label="First key"
            empty="Empty: from the beginning."
            value={typed.from}
            onChange={(from) => edit({ from })}
            error={problemFor(problems, 'scope.from')}
          />
          <KeyField
            label="Last key"
            empty="Empty: to the end."
            value={typed.to}
            onChange={(to) => edit({ to })}
            error={problemFor(problems, 'scope.to')}
          />
        </div>
      ) : null}
      {typed.kind === 'condition' ? (
        <Field
          label="Condition"
          hint="As after WHERE: columns, constants and built-in functions, no subquery. The server checks it first."
          error={problemFor(problems, 'scope.condition')}
        >
          <Textarea
            className="font-mono"
            rows={3}
            maxLength={2000}
            spellCheck={false}
            placeholder="placed_at >= '2026-11-01' AND state = 'open'"
            value={typed.condition}
            onChange={(event) => edit({ condition: event.target.value })}
          />
        </Field>
      ) : null}
      <Field label="Reason" hint="The timeline and the audit trail show it." error={problemFor(problems, 'reason')}>
        <Textarea rows={2} maxLength={2000} value={typed.reason} onChange={(event) => edit({ reason: event.target.value })} />
      </Field>
      {error && !placed ? <ErrorPanel title={error.message} remedy={asked ?? error.remedy} id={error.id} /> : null}
    </Dialog>
  );
}

interface KeyFieldProps {
  readonly label: string;
  readonly empty: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

function KeyField({ label, empty, value, onChange, error }: KeyFieldProps) {
  return (
    <Field label={label} hint={`${empty} A key of several columns: a value a line.`} error={error}>
      <Textarea className="font-mono" rows={2} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

function ready({ kind, from, to, condition, reason }: Typed): boolean {
  if (reason.trim().length < 3) return false;
  if (kind === 'range') return from.trim() !== '' || to.trim() !== '';
  return kind === 'table' || condition.trim() !== '';
}

function scopeOf({ kind, from, to, condition }: Typed): SnapshotScope {
  const key = (text: string) => text.replace(/\n+$/, '').split('\n');
  if (kind === 'range') return { kind, ...(from.trim() ? { from: key(from) } : {}), ...(to.trim() ? { to: key(to) } : {}) };
  return kind === 'table' ? { kind } : { kind, condition };
}
