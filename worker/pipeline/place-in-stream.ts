import * as z from 'zod';
import type { Change, Op } from '@/worker/source/source';

/** A place in the stream, of what has a number there. Valid on one timeline of one system: on another one the same LSNs hold other transactions. */
export const placeInStream = z.object({
  system: z.string(),
  timeline: z.int(),
  lsn: z.string().regex(/^\d{1,20}$/),
  seq: z.int(),
});
export type PlaceInStream = z.infer<typeof placeInStream>;

/** What has a number in its transaction that is stable over restarts: changes of rows. */
const NUMBERED: ReadonlySet<Op> = new Set(['c', 'u', 'd', 't']);

/** Null for rows of a snapshot, logical messages and the ends of transactions: they have no number in the stream. */
export function placeOf({ op, position }: Change, timeline: number | null): PlaceInStream | null {
  const { systemId, commitLsn, seq, fromSnapshot, readId } = position;
  const numbered = NUMBERED.has(op) && !fromSnapshot && readId === undefined;
  if (!numbered || timeline === null) return null;
  return { system: systemId, timeline, lsn: String(commitLsn), seq };
}

/** At or before `place` on the same timeline of the same system: transactions come in the order of their commit LSNs. */
export function reaches(place: PlaceInStream | null, at: PlaceInStream | null): boolean {
  if (!place || !at || place.system !== at.system || place.timeline !== at.timeline) return false;
  const [left, right] = [BigInt(at.lsn), BigInt(place.lsn)];
  return left === right ? at.seq <= place.seq : left < right;
}
