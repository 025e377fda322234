import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

/** A region that scrolls has to take focus, or nobody without a mouse can read its end (WCAG 2.1.1). */
const BY_KEYBOARD = { tabIndex: 0 };

export function ScrollRegion({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    <section aria-label={label} {...BY_KEYBOARD} className={cn('relative', className)}>
      {children}
    </section>
  );
}
