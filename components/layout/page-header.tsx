import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

interface PageHeaderProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** The way up, on detail pages. */
  readonly back?: { readonly href: string; readonly label: string };
  /** Beside the title: state pill, team. */
  readonly beside?: ReactNode;
  /** One primary action; others quieter, before it. */
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, back, beside, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-1">
      {back ? (
        <Link href={back.href} className="-ml-1 flex w-fit items-center gap-0.5 text-sm text-ink-muted hover:text-ink">
          <ChevronLeft className="size-4" aria-hidden />
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
          {beside}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {description ? <div className="max-w-4xl text-ink-muted">{description}</div> : null}
    </header>
  );
}
