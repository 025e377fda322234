import type { LetterDetailDto, LetterGroupDto } from '@/core/dto/dead-letter';

/** What a replay or a discard is about: one letter, or the open letters of a group. */
export type ReviewTarget =
  | { readonly kind: 'letter'; readonly letter: LetterDetailDto }
  | { readonly kind: 'group'; readonly group: LetterGroupDto };

/** How a verb is told which letters are meant. */
export function selectionOf(target: ReviewTarget): { letterIds: string[] } | { fingerprint: string } {
  return target.kind === 'letter' ? { letterIds: [target.letter.id] } : { fingerprint: target.group.fingerprint };
}

export function countOf(target: ReviewTarget): number {
  return target.kind === 'letter' ? 1 : target.group.open;
}

export function streamOf(target: ReviewTarget): { readonly id: string; readonly name: string; readonly teamName: string } {
  return target.kind === 'letter' ? target.letter.stream : target.group.stream;
}

export function parkedBehind(target: ReviewTarget): number {
  return target.kind === 'letter' ? target.letter.waitingBehind : target.group.parkedBehind;
}

/** What became of a replay, from the counts of its group before the act and now. */
export interface Progress {
  readonly fingerprint: string;
  readonly streamName: string;
  readonly requested: number;
  readonly keys: number;
  readonly blocked: number;
  /** Open letters of the group that were not part of the replay. */
  readonly openLeft: number;
}

export function progressNow(progress: Progress, group: { open: number; replaying: number } | undefined) {
  const underway = Math.min(progress.requested, group?.replaying ?? 0);
  const openAgain = Math.min(progress.requested - underway, Math.max(0, (group?.open ?? 0) - progress.openLeft));
  return { underway, openAgain, replayed: progress.requested - underway - openAgain };
}
