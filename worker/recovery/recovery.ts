import type { Lsn } from '@/core/postgres/lsn';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Change, Relation, Tuple } from '@/worker/source/source';
import type { StoredChange } from '@/worker/source/stored-change';

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

/** An event that waits behind an unresolved letter of its key. */
export interface WaitingEvent {
  readonly change: Change;
  /** Null when the flow threw. */
  readonly event: OutboundEvent | null;
  readonly key: string;
}

/** Unresolved letters of one key. */
export interface KeyLetters {
  readonly count: number;
  /** Commit LSN of the first one: what was committed before it has nothing to wait for. */
  readonly firstLsn: Lsn;
}

/** Column → value in Postgres' text format. */
export type RowKey = ReadonlyMap<string, string>;

/** A row as its table has it now. */
export type RowNow =
  | { readonly kind: 'row'; readonly relation: Relation; readonly tuple: Tuple }
  | { readonly kind: 'gone' }
  /** More than a pipeline may hold: it was not read. */
  | { readonly kind: 'too_large'; readonly bytes: number };

/** Reads a row again by its key, for a letter that does not hold its large values. Rejects with a SpillwayError. */
export type ReadRow = (table: Pick<Relation, 'schema' | 'table'>, key: RowKey) => Promise<RowNow>;

/** What the stream's unresolved letters amount to; `bytes` as the catalog stores them. */
export interface Unresolved {
  readonly letters: number;
  readonly bytes: number;
}

/** Where letters are kept durably. A promise that resolves means: committed. */
export interface LetterStore {
  /** Stores a dead letter. Idempotent by (stream, event id). */
  insertOpen(failed: FailedEvent): Promise<void>;
  /** Stores events that wait behind an open letter of their key, in order. Idempotent. */
  insertParked(waiting: readonly WaitingEvent[]): Promise<void>;
  /** Keys (`scopeOf` of park.ts) with letters that are not resolved. */
  unresolvedKeys(): Promise<Map<string, KeyLetters>>;
  /** Letters of the stream that are not resolved: open, parked or replaying. */
  unresolved(): Promise<Unresolved>;
}

/** A letter as a replay needs it. */
export interface StoredLetter {
  readonly id: string;
  readonly eventId: string;
  readonly scope: string | null;
  readonly status: 'open' | 'parked' | 'replaying';
  readonly input: StoredChange;
  /** False when the flow threw, so that no message of the change was ever made. */
  readonly hasOutput: boolean;
  readonly requestedBy: string | null;
}

/** What replays need of the store beyond storing. Every change of status is conditional on the status read. */
export interface ReplayStore extends LetterStore {
  /** Unresolved letters, in order, of keys whose first letter may be delivered now; at most `limit`. */
  runnable(limit: number): Promise<StoredLetter[]>;
  /** Delivered (or filtered by the current revision). */
  resolve(letters: readonly StoredLetter[], resolution: string): Promise<void>;
  /** Refused again: open, with one more attempt. */
  reopen(letter: StoredLetter, error: DeliveryError): Promise<void>;
  /** A snapshot starts anew: what is left of the one before would only send old rows. */
  discardSnapshotLetters(): Promise<void>;
}
