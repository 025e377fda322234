'use client';

import type { ComponentProps } from 'react';
import { cn } from './cn';
import { useFieldProps } from './field';

export const controlLook =
  'w-full min-w-0 rounded-md border border-control bg-surface px-2.5 text-base text-ink transition-colors hover:border-ink-muted focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger max-sm:text-[16px]';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useFieldProps()} className={cn(controlLook, 'h-8', className)} {...rest} />;
}
