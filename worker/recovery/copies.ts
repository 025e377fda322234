import type { AttemptRecord } from './recovery';

/** A dead letter of which a copy is to be published. */
export interface LetterCopy {
  readonly letterId: string;
  readonly eventId: string;
  readonly op: string;
  readonly schema: string;
  readonly table: string;
  readonly key: string | null;
  readonly commitLsn: bigint;
  readonly seq: number;
  readonly committedAt: Date | null;
  readonly diedAt: Date;
  readonly revisionNumber: number;
  readonly errorClass: string | null;
  readonly errorMessage: string | null;
  readonly attempts: readonly AttemptRecord[];
  readonly attemptCount: number;
  /** The message as it was sent, its first 256 KiB; null when none was made. */
  readonly output: string | null;
  /** The change as JSON, where no message was made of it; null when it is too large for a copy. */
  readonly input: string | null;
  /** Times that the sink refused it. */
  readonly refusals: number;
}

/** The copies that wait, in the catalog. Rejects with catalog_unavailable. */
export interface CopyStore {
  /** Those that may be sent now, the oldest first. */
  due(limit: number): Promise<readonly LetterCopy[]>;
  published(letterId: string): Promise<void>;
  /** The sink refused this one: it waits, the others go on. */
  refused(letterId: string, message: string, waitMs: number): Promise<void>;
  /** The sink is down: why, for those who look at what waits. */
  failed(message: string): Promise<void>;
  /** In how many ms the next copy may be sent; null when none waits. */
  nextIn(): Promise<number | null>;
}
