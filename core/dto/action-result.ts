import type { ErrorKind } from '../error-catalogue';
import type { FieldProblem } from '../errors';

/** Why a verb refused or failed, in words for the person who called it. `id` finds the log line. */
export interface ActionError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly remedy: string;
  readonly problems?: readonly FieldProblem[];
  readonly id: string;
}

/** What a server action or a POST route answers. */
export type ActionResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ActionError };
