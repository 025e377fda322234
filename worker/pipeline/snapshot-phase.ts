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
}

/**
 * Delivers every row as an event of op r. In the in-flight FIFO the snapshot is one transaction that commits at the slot's
 * consistent point. Resolves true once all of it is settled, false when a stop came first.
 */
export async function deliverSnapshot(rows: AsyncIterable<Change>, consistentPoint: Lsn, phase: SnapshotPhase): Promise<boolean> {
  const { inFlight, intake, progressed, stopping, onRow } = phase;
  inFlight.begin(Date.now(), null);
  for await (const change of rows) {
    intake.change(change);
    onRow();
    while (intake.full && !stopping()) await progressed.sleep(1_000);
    if (stopping()) return false;
  }
  while (inFlight.events > 0 && !stopping()) await progressed.sleep(1_000);
  if (stopping()) return false;
  inFlight.commit(consistentPoint);
  return true;
}
