import type { ReactNode } from 'react';
import { cn } from './cn';

interface CardProps {
  readonly title?: ReactNode;
  readonly description?: ReactNode;
  /** Right of the title. */
  readonly actions?: ReactNode;
  /** Content without inner margin (tables). */
  readonly flush?: boolean;
  readonly id?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A region of a page with a heading. */
export function Card({ title, description, actions, flush = false, id, className, children }: CardProps) {
  return (
    <section id={id} className={cn('min-w-0 rounded-lg border bg-surface', className)}>
      {title || actions ? (
        <div className={cn('flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3', flush && 'pb-3')}>
          <div className="min-w-0">
            {title ? <h2 className="text-base font-semibold">{title}</h2> : null}
            {description ? <p className="text-sm text-ink-muted">{description}</p> : null}
          </div>
          {actions}
        </div>
      ) : null}
      <div className={cn(!flush && 'p-4', !flush && title && 'pt-3')}>{children}</div>
    </section>
  );
}
