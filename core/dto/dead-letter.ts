export const LETTER_STATUSES = ['open', 'parked', 'replaying', 'replayed', 'discarded'] as const;
export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** Letters that fail alike. */
export interface LetterGroupDto {
  readonly fingerprint: string;
  readonly stream: { readonly id: string; readonly name: string; readonly teamName: string };
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly open: number;
  readonly replaying: number;
  /** Parked letters waiting behind the open ones of this group. */
  readonly parkedBehind: number;
  readonly keys: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly mayReview: boolean;
}

/** The latest groups. */
export interface LetterGroupsDto {
  readonly groups: readonly LetterGroupDto[];
  /** Groups that match, shown or not. */
  readonly matching: number;
  /** Some are not shown. */
  readonly more: boolean;
  /** Open letters of all groups that match. */
  readonly open: number;
}

/** A stream that has, or had, dead letters. */
export interface LetterStreamDto {
  readonly id: string;
  readonly name: string;
}

export interface LetterRowDto {
  readonly id: string;
  readonly eventId: string;
  readonly key: string | null;
  readonly op: string;
  readonly table: string;
  readonly status: LetterStatus;
  readonly attemptCount: number;
  readonly errorMessage: string | null;
  readonly createdAt: string;
  readonly lastAttemptAt: string | null;
}

export interface LetterAttemptDto {
  readonly at: string;
  readonly errorClass: string;
  readonly message: string;
  readonly status?: number;
}

/** Copies of a stream's dead letters that go to a sink beside the catalog. */
export interface LetterCopiesDto {
  readonly place: string;
  /** Not published yet. */
  readonly waiting: number;
  /** Why the oldest of them was not published; null when nothing failed. */
  readonly error: string | null;
}

export interface LetterDetailDto extends LetterRowDto {
  readonly stream: { readonly id: string; readonly name: string; readonly teamName: string; readonly state: string };
  readonly revisionNumber: number;
  readonly commitLsn: string;
  readonly seq: number;
  readonly committedAt: string | null;
  readonly errorClass: string | null;
  readonly fingerprint: string | null;
  /** The change as decoded from the source. */
  readonly input: unknown;
  /** The message as it was sent. */
  readonly output: string | null;
  readonly attempts: readonly LetterAttemptDto[];
  /** Letters of the same key that wait behind this one. */
  readonly waitingBehind: number;
  /** An earlier open letter of the same key, which has to be resolved first. */
  readonly blockedBy: string | null;
  readonly replayRequestedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
  /** Of its copy for the sink beside the catalog; null when it has none. */
  readonly copy: { readonly publishedAt: string | null; readonly error: string | null } | null;
  readonly mayReview: boolean;
}
