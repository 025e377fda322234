'use client';

import { type ReactNode, useState } from 'react';
import type { ActionResult } from '@/core/dto/action-result';
import { Button } from './button';
import { Dialog } from './dialog';
import { ErrorPanel } from './error-panel';
import { Field } from './field';
import { Input } from './input';
import { useAction } from './use-action';

interface ConfirmDialogProps<T> {
  readonly trigger?: ReactNode;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly title: string;
  /** Names what will be lost or changed. */
  readonly description: ReactNode;
  /** A verb that names the object: "Retire shop-orders". */
  readonly confirmLabel: string;
  readonly busyLabel: string;
  readonly destructive?: boolean;
  /** What has to be typed, for acts that cannot be undone. */
  readonly typeToConfirm?: string;
  /** More fields (a reason). */
  readonly children?: ReactNode;
  /** Keeps the button off until the fields above are filled. */
  readonly ready?: boolean;
  readonly action: () => Promise<ActionResult<T>>;
  readonly onDone?: (value: T) => void;
}

/** Asks before an act and shows its error in place. */
export function ConfirmDialog<T>(props: ConfirmDialogProps<T>) {
  const { trigger, title, description, confirmLabel, busyLabel, destructive, typeToConfirm, children, ready = true } = props;
  const [openHere, setOpenHere] = useState(false);
  const [typed, setTyped] = useState('');
  const { run, busy, error, clear } = useAction(props.action);
  const open = props.open ?? openHere;
  const setOpen = (next: boolean) => {
    setTyped('');
    clear();
    setOpenHere(next);
    props.onOpenChange?.(next);
  };
  const allowed = ready && (typeToConfirm === undefined || typed === typeToConfirm);
  const submit = async () => {
    const result = await run();
    if (!result.ok) return;
    setOpen(false);
    props.onDone?.(result.value);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={trigger}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button variant={destructive ? 'danger' : 'primary'} disabled={!allowed} busy={busy ? busyLabel : false} onClick={submit}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children}
      {typeToConfirm === undefined ? null : (
        <Field
          label={
            <>
              Type <span className="font-mono">{typeToConfirm}</span> to confirm
            </>
          }
        >
          <Input
            className="font-mono"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
      {error ? <ErrorPanel title={error.message} remedy={error.remedy} id={error.id} /> : null}
    </Dialog>
  );
}
