import { OctagonAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { sentence } from './figures';

interface ErrorPanelProps {
  /** What happened. */
  readonly title: string;
  /** What it means. */
  readonly message?: ReactNode;
  /** What to do. */
  readonly remedy?: ReactNode;
  readonly id?: string | undefined;
  readonly action?: ReactNode;
  readonly className?: string;
}

/** What happened, what it means, what to do, and an id to find it by. */
export function ErrorPanel({ title, message, remedy, id, action, className }: ErrorPanelProps) {
  return (
    <div role="alert" className={cn('flex gap-3 rounded-md border border-danger/40 bg-danger-soft p-3', className)}>
      <OctagonAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium break-words text-danger">{sentence(title)}</p>
        {message ? <div className="break-words">{message}</div> : null}
        {remedy ? <div className="break-words text-ink">{remedy}</div> : null}
        {id ? <p className="font-mono text-xs text-ink-muted">id {id}</p> : null}
        {action ? <div className="mt-1 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  );
}
