'use client';

import { Slot } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useState } from 'react';

export interface PopoverProps {
  /** A button. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string;
  readonly label?: string;
}

const PopoverOpen = lazy(() => import('./popover-open'));

/** Opens by click, tap or Enter. Until then it is its button alone: a list has a hundred of them. */
export function Popover(props: PopoverProps) {
  const [wanted, setWanted] = useState(false);
  const closed = (
    <Slot.Root aria-haspopup="dialog" aria-expanded={false} onClick={() => setWanted(true)}>
      {props.trigger}
    </Slot.Root>
  );
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <PopoverOpen {...props} />
    </Suspense>
  );
}
