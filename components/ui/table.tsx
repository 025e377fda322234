import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

/**
 * A table from 640 px on; below that each row is a card and each cell says its own heading.
 * Current browsers keep the table's semantics under `display: block`. The look of rows and cells is in globals.css: they are most of a page.
 */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn('relative min-w-0 sm:overflow-x-auto', className)}>
      <table aria-label={label} className="w-full border-collapse text-base max-sm:block">
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead className="border-b text-left text-xs text-ink-muted max-sm:sr-only">
      <tr>{children}</tr>
    </thead>
  );
}

export function HeadCell({ className, ...rest }: ComponentProps<'th'>) {
  return <th scope="col" className={cn('px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4', className)} {...rest} />;
}

export function TableBody({ children }: { children: ReactNode }) {
  return <tbody className="max-sm:block">{children}</tbody>;
}

export function Row({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr className={cn('data-row', className)} {...rest} />;
}

interface CellProps extends ComponentProps<'td'> {
  /** The column's heading, shown beside the value on a phone; absent for the cell that leads the card. */
  readonly heading?: string;
}

export function Cell({ heading, className, children, ...rest }: CellProps) {
  return (
    <td className={cn('data-cell', className)} data-heading={heading} {...rest}>
      <div>{children}</div>
    </td>
  );
}
