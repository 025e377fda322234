import { type Lsn, NO_LSN } from '@/core/postgres/lsn';
import type { Flow } from '@/worker/flow/flow';
import type { Change, LogicalMessage, SourceItem } from '@/worker/source/source';
import type { PipelineLimits } from './assignment';
import type { Failpoint } from './failpoints';
import type { InFlight } from './in-flight';
import { type Pending, pendingOf, transform } from './pending';

/** Prefixes of logical messages by which streams of Spillway measure the source; they are not events. */
export const OUR_MESSAGES = 'spillway.';

export interface IntakeDeps {
  readonly inFlight: InFlight;
  readonly flow: Flow;
  readonly limits: PipelineLimits;
  readonly push: (items: readonly Pending[]) => void;
  readonly onFiltered: () => void;
  /** The confirmed LSN may have moved. */
  readonly onProgress: () => void;
  readonly failpoint: Failpoint;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Takes what the source sends, in order: into the in-flight FIFO, through the flow, into the queue of the delivery loop. */
export class Intake {
  private settledBefore: Lsn = NO_LSN;
  private repeated = false;

  constructor(private readonly deps: IntakeDeps) {}

  /**
   * A new connection repeats what the server does not know to be settled; a server that crashed has forgotten where the slot stood.
   * Transactions that committed before `lsn` were settled by this very process on the same timeline: they are passed over.
   */
  passOver(lsn: Lsn): void {
    this.settledBefore = lsn;
    this.repeated = false;
  }

  /** More is held in memory than allowed: stop reading. */
  get full(): boolean {
    const { inFlight, limits } = this.deps;
    return inFlight.events >= limits.maxInFlightEvents || inFlight.bytes >= limits.maxInFlightBytes;
  }
  /** Below half of what is allowed: go on reading. */
  get roomy(): boolean {
    const { inFlight, limits } = this.deps;
    return inFlight.events <= limits.maxInFlightEvents / 2 && inFlight.bytes <= limits.maxInFlightBytes / 2;
  }

  take(item: SourceItem): void {
    const { inFlight, onProgress, now } = this.deps;
    if (item.kind === 'begin') this.repeated = item.transaction.commitLsn < this.settledBefore;
    if (this.repeated && item.kind !== 'keepalive' && item.kind !== 'relation') {
      if (item.kind === 'commit') this.repeated = false;
      return;
    }
    switch (item.kind) {
      case 'begin':
        inFlight.begin(now(), item.transaction.commitTimeUs);
        break;
      case 'change':
        this.change(item.change);
        break;
      case 'commit':
        inFlight.commit(item.endLsn);
        onProgress();
        break;
      case 'keepalive':
        // Inside of a transaction it says nothing, and a repeated one is not in the FIFO to tell.
        if (this.repeated) break;
        inFlight.marker(item.walEnd);
        onProgress();
        break;
      case 'message':
        this.message(item.message);
        break;
      case 'relation':
        break;
    }
  }

  /** A message between transactions settles at its place at once; one inside settles with its transaction. */
  private message({ transaction, prefix, lsn }: LogicalMessage): void {
    const { inFlight, onProgress, onFiltered } = this.deps;
    if (!prefix.startsWith(OUR_MESSAGES)) onFiltered();
    if (transaction !== null) return;
    inFlight.marker(lsn);
    onProgress();
  }

  change(change: Change): void {
    const { flow, inFlight, push, onFiltered, failpoint, now } = this.deps;
    failpoint('recv');
    failpoint('decoded');
    const at = now();
    const made = transform(flow, change, BigInt(at) * 1000n);
    failpoint('transformed');
    const bytes = made.events.reduce((sum, event) => sum + (event.payload?.length ?? 0), change.wireBytes);
    const token = inFlight.addEvent(bytes);
    if (made.error || made.events.length > 0) push(pendingOf(change, made, token, at, made.error ? keyOf(flow, change) : null));
    else {
      onFiltered();
      inFlight.settle(token);
    }
  }
}

/** The key of a change that the flow could not make a message of, so that later events of the same row wait behind it. */
function keyOf(flow: Flow, change: Change): string | null {
  try {
    return flow.keyOf(change);
  } catch {
    return null;
  }
}
