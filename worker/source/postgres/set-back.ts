import { SpillwayError } from '@/core/errors';
import { formatLsn, type Lsn } from '@/core/postgres/lsn';

/**
 * Throws position_mismatch when a server stands before a place that it is known to have passed on the timeline on which it is now: a
 * machine's or a disk's snapshot was put back, or WAL was lost that had not been flushed. What it writes next stands at positions
 * that are taken for others.
 */
export function refuseSetBack(currentLsn: Lsn, reached: Lsn, what: string): void {
  if (currentLsn >= reached) return;
  throw new SpillwayError(
    'position_mismatch',
    `The server writes at ${formatLsn(currentLsn)}, before ${formatLsn(reached)}, up to which ${what}, on the same timeline: it was set back to an earlier state, and new changes would be taken for those that stood there`,
    {
      currentLsn: formatLsn(currentLsn),
      reachedLsn: formatLsn(reached),
      remedy:
        'If an old snapshot of the machine or its disk was put back by mistake, bring the present state up again and restart the stream. Otherwise read the table again: what was delivered beyond that point may never have happened there.',
    },
  );
}
