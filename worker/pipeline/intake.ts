import { type Lsn, NO_LSN } from '@/core/postgres/lsn';
import type { Flow } from '@/worker/flow/flow';
import { withoutLarge } from '@/worker/recovery/letter-input';
import type { SinkLimits } from '@/worker/sink/sink';
import { messageChange, wantsMessage } from '@/worker/source/message-change';
import type { Change, LogicalMessage, SourceItem } from '@/worker/source/source';
import { transactionChange } from '@/worker/source/transaction-change';
import type { PipelineLimits } from './assignment';
import type { Failpoint } from './failpoints';
import type { InFlight } from './in-flight';
import { type Pending, pendingOf, transform } from './pending';
import { wholeRowBytes } from './whole-row-bytes';

/** Prefixes of logical messages by which streams of Spillway measure the source; they are not events. */
export const OUR_MESSAGES = 'spillway.';

export interface IntakeDeps {
  readonly inFlight: InFlight;
  readonly flow: Flow;
  readonly limits: PipelineLimits;
  /** A row too large for them that was read whole (an existing one) is cut before anything is made of it. Absent = none is. */
  readonly sinkLimits?: () => Pick<SinkLimits, 'maxEventBytes'>;
  /** Logical messages of these prefixes are events; `*` = of every prefix but our own. */
  readonly messagePrefixes?: readonly string[];
  /** BEGIN and END of a transaction with events are events too. */
  readonly transactionMetadata?: boolean;
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
  /** Our clock as it was last read, ms and µs. */
  private at = 0;
  private atUs = 0n;
  /** The open transaction, once its begin was told: what of it was told so far, by table. */
  private told: { readonly systemId: string; readonly counts: Map<string, number> } | null = null;

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
        this.told = null;
        inFlight.begin(now(), item.transaction.commitTimeUs);
        break;
      case 'change':
        this.count(item.change);
        this.change(item.change);
        break;
      case 'commit':
        this.tellEnd(item);
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

  /**
   * A message that was not asked for settles at its place: with its transaction, or at once. One that was is an event like any other;
   * between transactions it stands in the FIFO as a transaction of its own, so that nothing behind it is confirmed before it is settled.
   */
  private message(message: LogicalMessage): void {
    const { inFlight, messagePrefixes, onProgress, onFiltered, now } = this.deps;
    const { transaction, prefix, lsn } = message;
    const ours = prefix.startsWith(OUR_MESSAGES);
    if (ours || !wantsMessage(messagePrefixes, prefix)) {
      if (!ours) onFiltered();
      if (transaction !== null) return;
      inFlight.marker(lsn);
      onProgress();
      return;
    }
    const change = messageChange(message);
    if (transaction !== null) {
      this.tellBegin(change);
      this.change(change);
      return;
    }
    // Settled by this very process, and sent again after a reconnection.
    if (lsn <= this.settledBefore) return;
    inFlight.begin(now(), null);
    this.change(change);
    inFlight.commit(lsn);
    onProgress();
  }

  private count(change: Change): void {
    if (!this.deps.transactionMetadata) return;
    const { schema, table } = change.relation;
    const counts = this.tellBegin(change)?.counts;
    counts?.set(`${schema}.${table}`, (counts.get(`${schema}.${table}`) ?? 0) + 1);
  }

  /** The first event of a transaction tells that it has begun: transactions of which nothing is delivered are not told. */
  private tellBegin({ transaction, position }: Change): Intake['told'] {
    if (!this.deps.transactionMetadata || transaction === null) return null;
    if (!this.told) {
      const { systemId } = position;
      this.told = { systemId, counts: new Map() };
      this.change(transactionChange(systemId, transaction, 'begin', null));
    }
    return this.told;
  }

  private tellEnd({ transaction, endLsn }: Extract<SourceItem, { kind: 'commit' }>): void {
    const { told } = this;
    this.told = null;
    if (told) this.change(transactionChange(told.systemId, transaction, 'end', { counts: told.counts, endLsn }));
  }

  /** The change as it may be held. */
  private held(change: Change): Change {
    const limits = this.deps.sinkLimits?.();
    return limits && change.wireBytes > wholeRowBytes(limits) ? withoutLarge(change) : change;
  }

  change(received: Change): void {
    const change = this.held(received);
    const { flow, inFlight, push, onFiltered, failpoint, now } = this.deps;
    failpoint('recv');
    failpoint('decoded');
    const at = now();
    if (at !== this.at) {
      this.at = at;
      this.atUs = BigInt(at) * 1000n;
    }
    const made = transform(flow, change, this.atUs);
    failpoint('transformed');
    let bytes = change.wireBytes;
    for (let index = 0; index < made.events.length; index += 1) bytes += made.events[index]?.payload?.length ?? 0;
    const token = inFlight.addEvent(bytes);
    if (made.error || made.events.length > 0) push(pendingOf(change, made, token, at, made.error ? keyOf(flow, change) : null));
    else {
      onFiltered();
      inFlight.settle(token);
    }
  }
}

/** The key of a change that the flow could not make a message of, so that later events of the same row wait behind it. */
export function keyOf(flow: Flow, change: Change): string | null {
  try {
    return flow.keyOf(change);
  } catch {
    return null;
  }
}
