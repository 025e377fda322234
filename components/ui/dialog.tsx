'use client';

import { Slot } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useState } from 'react';

export interface DialogProps {
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly trigger?: ReactNode;
  readonly title: string;
  /** What this does, in one or two sentences. */
  readonly description?: ReactNode;
  readonly wide?: boolean;
  readonly children?: ReactNode;
  /** Buttons, the deciding one last. */
  readonly footer?: ReactNode;
}

const DialogOpen = lazy(() => import('./dialog-open'));

/** Opened by its trigger, or by whoever holds `open`. Until then it is its trigger alone. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  const ask = () => {
    setWanted(true);
    props.onOpenChange?.(true);
  };
  const closed = props.trigger ? (
    <Slot.Root aria-haspopup="dialog" aria-expanded={false} onClick={ask}>
      {props.trigger}
    </Slot.Root>
  ) : null;
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <DialogOpen {...props} />
    </Suspense>
  );
}
