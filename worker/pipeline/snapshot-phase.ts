import type { Lsn } from '@/core/postgres/lsn';
import type { Change } from '@/worker/source/source';
import type { InFlight } from './in-flight';
import type { Intake } from './intake';
import type { WakeUp } from './wake-up';

export interface SnapshotPhase {
  readonly inFlight: InFlight;
  readonly intake: Intake;
  /** Rung whenever events settle, and at a stop. */
  readonly progressed: WakeUp;
  readonly stopping: () => boolean;
  readonly onRow: () => void;
  /** The pass has to end although rows are left. */
  readonly overdue: () => boolean;
}

export type PassEnd = 'settled' | 'stopped' | 'overdue';

/**
 * Delivers every row as an event of op r. In the in-flight FIFO the snapshot is one transaction that commits at the slot's
 * consistent point. Resolves `settled` once all of it is, `stopped` or `overdue` when that came first.
 */
export async function deliverSnapshot(rows: AsyncIterable<Change>, consistentPoint: Lsn, phase: SnapshotPhase): Promise<PassEnd> {
  const { inFlight, intake, progressed, stopping, onRow, overdue } = phase;
  inFlight.begin(Date.now(), null);
  for await (const change of rows) {
    intake.change(change);
    onRow();
    while (intake.full && !stopping() && !overdue()) await progressed.sleep(1_000);
    if (stopping()) return 'stopped';
    if (overdue()) return 'overdue';
  }
  while (inFlight.events > 0 && !stopping()) await progressed.sleep(1_000);
  if (stopping()) return 'stopped';
  inFlight.commit(consistentPoint);
  return 'settled';
}
