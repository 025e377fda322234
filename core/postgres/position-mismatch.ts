import { lsnDistance, parseLsn } from './lsn';
import { formatBytes } from './wal-budget';

export interface MismatchFacts {
  readonly slotName: string;
  /** confirmed_flush_lsn of the slot as found. */
  readonly slotLsn: string;
  /** No flush beyond this was ever sent by us. */
  readonly promisedLsn: string;
  /** ISO time at which that was recorded; null when unknown. */
  readonly promisedAt: string | null;
  /** Where the slot stood when we made it. */
  readonly consistentPoint: string | null;
}

/** Explains a slot that stands beyond our own record: both positions, when ours was recorded, what lies between, who did not do it. */
export function explainMismatch({ slotName, slotLsn, promisedLsn, promisedAt, consistentPoint }: MismatchFacts): string {
  const gap = formatBytes(Number(lsnDistance(parseLsn(slotLsn), parseLsn(promisedLsn))));
  const when = promisedAt ? `, recorded ${promisedAt.replace('T', ' ').replace(/\.\d+/, '').replace('+00:00', ' UTC')}` : '';
  const made = consistentPoint ? ` It was made at ${consistentPoint}.` : '';
  return `Slot ${slotName} stands at ${slotLsn}; by our own record this stream confirmed nothing beyond ${promisedLsn}${when}.${made} ${gap} of WAL between the two were never read by this stream. Each confirmation of ours is recorded before it is sent, so somebody else advanced the slot, read from it, or dropped it and made it again.`;
}
