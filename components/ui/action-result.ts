import type { ActionError } from '@/core/dto/action-result';

/** The remedy for one field of a form, or undefined. */
export function problemOf(error: ActionError | null | undefined, field: string): string | undefined {
  return error?.problems?.find((problem) => problem.field === field)?.remedy;
}
