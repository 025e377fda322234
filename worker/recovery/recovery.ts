import type { OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Change } from '@/worker/source/source';

export interface AttemptRecord {
  readonly at: string;
  readonly errorClass: string;
  readonly message: string;
  readonly status?: number;
}

/** An event that recovery has to deal with: what came in, what went out (null when the flow threw), what happened. */
export interface FailedEvent {
  readonly change: Change;
  readonly event: OutboundEvent | null;
  readonly key: string | null;
  readonly error: DeliveryError;
  readonly attempts: readonly AttemptRecord[];
}

/** Where letters are kept durably. A promise that resolves means: committed. */
export interface LetterStore {
  /** Stores a dead letter. Idempotent by (stream, event id). */
  insertOpen(failed: FailedEvent): Promise<void>;
  /** Stores events that wait behind an open letter of their key, in order. Idempotent. */
  insertParked(waiting: readonly { readonly change: Change; readonly key: string }[]): Promise<void>;
  /** Keys with letters that are not resolved, with their number. */
  unresolvedKeys(): Promise<Map<string, number>>;
  /** Open and parked letters of the stream. */
  countUnresolved(): Promise<number>;
}
