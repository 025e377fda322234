import type { LedgerTotals } from './assignment';
import type { Ending } from './pending';

/**
 * Counts changes. decoded = delivered + filtered + deadLettered + parked + ignored + in flight holds at every moment: what was in
 * flight when a process or a connection died is decoded again, so it is not counted from the first time.
 */
export class Ledger {
  private totals: Record<Ending, number>;

  constructor(earlier: LedgerTotals) {
    const { delivered, filtered, deadLettered, parked, ignored } = earlier;
    this.totals = { delivered, filtered, deadLettered, parked, ignored };
  }

  count(ending: Ending): void {
    this.totals[ending]++;
  }

  read(inFlight: number): LedgerTotals {
    const { delivered, filtered, deadLettered, parked, ignored } = this.totals;
    return { decoded: delivered + filtered + deadLettered + parked + ignored + inFlight, ...this.totals };
  }
}
