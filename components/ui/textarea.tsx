'use client';

import type { ComponentProps } from 'react';
import { cn } from './cn';
import { useFieldProps } from './field';
import { controlLook } from './input';

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...useFieldProps()} rows={rows} className={cn(controlLook, 'resize-y py-1.5', className)} {...rest} />;
}
