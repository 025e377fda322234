'use client';

import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { useFieldProps } from './field';
import { controlLook } from './input';

/** The platform's own select: its keyboard, its screen reader words and its phone wheel come for nothing. */
export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative block min-w-0', className)}>
      <select {...useFieldProps()} className={cn(controlLook, 'h-8 appearance-none truncate pr-8')} {...rest}>
        {children}
      </select>
      <ChevronDown className="pointer-events-none absolute top-2 right-2 size-4 text-ink-faint" aria-hidden />
    </span>
  );
}
