import { spillOf } from '@/core/spec/spill';
import type { Flow } from '@/worker/flow/flow';
import type { Assignment } from './assignment';
import { CatalogLink } from './catalog-link';
import type { Delivery } from './delivery';
import { settledToken } from './in-flight';
import { keyOf } from './intake';
import type { Ledger } from './ledger';
import { type Ending, type Pending, pendingOf, transform } from './pending';
import { Spill, type SpillDeps } from './spill';
import { catalogRoom, SPILL_LIMITS } from './spill-room';
import { catalogPlace, PgSpillStore } from './spill-store';

/** The buffer of a stream over a connection of its own: large batches must not hold up letters and promises. */
export function spillFor(
  assignment: Assignment,
  deps: Pick<SpillDeps, 'failpoint' | 'now'> & {
    readonly flow: Flow;
    readonly ledger: Ledger;
    readonly ended: (item: Pending, ending: Ending, at: number) => void;
    readonly onProgress: () => void;
    readonly delivery: () => Delivery;
  },
): Spill {
  const { catalogUrl, streamId, epoch, spec, spillLimits = SPILL_LIMITS } = assignment;
  const { flow, ledger, now, failpoint, ended, onProgress, delivery } = deps;
  const link = new CatalogLink(catalogUrl, `spillway-spill:${streamId}:${epoch}`);
  return new Spill({
    failpoint,
    now,
    close: () => link.close(),
    onEnded: (items, ending) => {
      const at = now();
      for (const item of items) ended(item, ending, at);
      onProgress();
    },
    onChange: () => delivery().spillChanged(),
    store: new PgSpillStore(link, streamId, epoch),
    place: catalogPlace(link),
    room: catalogRoom(link, catalogUrl, spillLimits),
    spec: spillOf(spec),
    remake: (change, drained) => {
      const made = transform(flow, change, BigInt(now()) * 1000n);
      if (!made.error && made.events.length === 0) return [];
      return pendingOf(change, made, settledToken(), now(), made.error ? keyOf(flow, change) : null, drained);
    },
    onFiltered: () => ledger.end('filtered', true),
    onFound: (events) => ledger.holds(events),
    random: Math.random,
  });
}
