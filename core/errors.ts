import type { ErrorKind } from './error-catalogue';

/** One problem with one field of an input: what was given and how to mend it. */
export interface FieldProblem {
  readonly field: string;
  readonly value: unknown;
  readonly remedy: string;
}

/**
 * The one error type that crosses layers. `kind` decides retry and the words shown to people
 * (error-catalogue.ts); `message` names what happened; `detail` is safe to show (never a secret or row data).
 */
export class SpillwayError extends Error {
  override readonly name = 'SpillwayError';
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly detail: { readonly problems?: readonly FieldProblem[]; readonly remedy?: string; readonly [key: string]: unknown } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Narrow an unknown thrown value to its message without leaking its structure. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
