import type { InFlight } from './in-flight';
import type { Ledger } from './ledger';
import type { Ending, Pending } from './pending';
import type { Reselect } from './reselect';
import type { Spill } from './spill';
import type { DeliveryStats } from './stats';

/** What is told when a message ends, `at` so many ms: counted once per change, taken out of the buffer if it came from there, settled. */
export function endings(parts: {
  readonly stats: DeliveryStats;
  readonly ledger: Ledger;
  readonly inFlight: InFlight;
  readonly spill: () => Spill;
  readonly reselect: () => Reselect | null;
}): (item: Pending, ending: Ending, at: number) => void {
  return (item, ending, at) => {
    const { of } = item;
    if (ending === 'delivered') parts.stats.delivered(item, at);
    const change = of.end(ending);
    if (!change) return;
    parts.reselect()?.ended(of);
    if (of.drained) parts.spill().ended(of.drained);
    parts.ledger.end(change, of.drained !== null);
    parts.inFlight.settle(of.token);
  };
}
