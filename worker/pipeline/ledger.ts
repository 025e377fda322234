import type { LedgerTotals } from './assignment';
import type { Ending } from './pending';

type Counted = Exclude<Ending, 'passed'>;

/**
 * Counts changes. decoded = delivered + filtered + deadLettered + parked + ignored + spilled + in flight holds at every moment: what was
 * in flight when a process or a connection died is decoded again, so it is not counted from the first time. What is spilled counts there
 * until it leaves the buffer, and then as it ends.
 */
export class Ledger {
  private totals: Record<Counted, number>;

  constructor(earlier: LedgerTotals) {
    const { delivered, filtered, deadLettered, parked, ignored, spilled } = earlier;
    this.totals = { delivered, filtered, deadLettered, parked, ignored, spilled };
  }

  count(ending: Ending): void {
    if (ending !== 'passed') this.totals[ending]++;
  }

  /** So many changes are in the buffer, as it says itself. */
  holds(spilled: number): void {
    this.totals.spilled = spilled;
  }

  /** One of a change that may come from the buffer, and left it then. */
  end(ending: Ending, drained: boolean): void {
    if (drained) this.totals.spilled = Math.max(0, this.totals.spilled - 1);
    this.count(ending);
  }

  read(inFlight: number): LedgerTotals {
    const { delivered, filtered, deadLettered, parked, ignored, spilled } = this.totals;
    return { decoded: delivered + filtered + deadLettered + parked + ignored + spilled + inFlight, ...this.totals };
  }
}
