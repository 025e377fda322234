import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Class names where the later one wins, so that callers can adjust a piece without a variant for it. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
