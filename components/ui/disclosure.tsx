'use client';

import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';

interface DisclosureProps {
  readonly title: string;
  /** What is chosen inside, in one line: nobody has to open it to know. */
  readonly chosen: ReactNode;
  /** Opens it when it becomes true: something inside was chosen or is wrong. Whoever closes it again is not overruled. */
  readonly open?: boolean;
  readonly children: ReactNode;
}

/** What few change, folded away. */
export function Disclosure({ title, chosen, open: wanted = false, children }: DisclosureProps) {
  const [open, setOpen] = useState(wanted);
  const [before, setBefore] = useState(wanted);
  if (wanted !== before) {
    setBefore(wanted);
    if (wanted) setOpen(true);
  }
  return (
    <details className="group rounded-lg border bg-surface" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex cursor-pointer list-none items-start gap-2 rounded-lg px-4 py-3 hover:bg-sunken/60 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="mt-1 size-4 shrink-0 text-ink-faint group-open:rotate-90" aria-hidden />
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{title}</span>
          <span className="min-w-0 break-words text-sm text-ink-muted">{chosen}</span>
        </span>
      </summary>
      <div className="flex flex-col gap-4 px-4 pt-1 pb-4">{children}</div>
    </details>
  );
}
