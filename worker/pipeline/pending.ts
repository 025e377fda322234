import { messageOf } from '@/core/errors';
import type { Flow, OutboundEvent } from '@/worker/flow/flow';
import { oversizeRow } from '@/worker/recovery/oversize';
import { scopeOf } from '@/worker/recovery/park';
import type { AttemptRecord } from '@/worker/recovery/recovery';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Change } from '@/worker/source/source';
import type { InFlightToken } from './in-flight';

/** How a change ended; the ledger counts each change once, by the gravest end of its messages. */
export type Ending = 'delivered' | 'filtered' | 'ignored' | 'parked' | 'deadLettered' | 'spilled' | 'passed';
/** `passed`: it was spilled before and came again. A change of which a part was delivered is spilled as a whole. */
const GRAVITY: Readonly<Record<Ending, number>> = {
  passed: 0,
  filtered: 1,
  delivered: 2,
  ignored: 3,
  parked: 4,
  deadLettered: 5,
  spilled: 6,
};

/** A change that was taken out of the durable buffer: its place there. */
export interface Drained {
  readonly batch: DrainedBatch;
  readonly index: number;
}

/** A batch of the durable buffer that is being delivered. */
export interface DrainedBatch {
  readonly ordinal: number;
  readonly bytes: number;
  readonly oldestAt: number;
  /** Of each of its changes, whether it has ended. */
  readonly ended: boolean[];
  /** Changes that have not ended. */
  left: number;
}

/** One change and the messages it still owes. */
export class ChangeInFlight {
  private ending: Ending = 'passed';

  constructor(
    readonly token: InFlightToken,
    private left: number,
    /** Set when it comes from the durable buffer and not from the source. */
    readonly drained: Drained | null = null,
  ) {}

  /** One message ended. Returns how the change as a whole ended once the last one has, else null. */
  end(ending: Ending): Ending | null {
    if (GRAVITY[ending] > GRAVITY[this.ending]) this.ending = ending;
    this.left--;
    return this.left === 0 ? this.ending : null;
  }
}

const NO_ATTEMPTS: readonly AttemptRecord[] = [];

/** One message in the queue of the delivery loop. */
export class Pending {
  readonly bytes: number;
  /** Failed attempts that count against the event; an outage is not one. */
  attempts = NO_ATTEMPTS;
  notBefore = 0;
  solo = false;
  /** Part of a batch that was refused as a whole. */
  suspect = false;
  /** Set once the event is to go to recovery. */
  verdict: { readonly error: DeliveryError; readonly attempts: readonly AttemptRecord[] } | null = null;
  private knownScope: string | null = null;

  constructor(
    readonly change: Change,
    /** Null when the flow threw. */
    readonly event: OutboundEvent | null,
    /** Which of the change's messages this is, from 0. */
    readonly part: number,
    /** The event's key, or the row's when the flow threw. */
    readonly key: string | null,
    readonly of: ChangeInFlight,
    readonly queuedAt: number,
    /** Why the flow made no message. */
    readonly flowError: DeliveryError | null,
  ) {
    this.bytes = event?.payload?.length ?? 0;
  }

  /** What order is kept within: made when something has to wait or to be told apart, which is never for most. */
  get scope(): string {
    const { schema, table } = this.change.relation;
    this.knownScope ??= scopeOf(schema, table, this.key);
    return this.knownScope;
  }
}

/** What became of a change: messages, none, or the reason why none could be made. */
export interface Made {
  readonly events: readonly OutboundEvent[];
  readonly error?: DeliveryError | null;
}
const FILTERED: Made = { events: [] };

/** What the flow makes of a change. A throw is poison with no event, and so is a row whose large values were not kept. */
export function transform(flow: Flow, change: Change, nowUs: bigint): Made {
  const tooLarge = change.cut ? oversizeRow(change) : null;
  if (tooLarge) return { events: [], error: tooLarge };
  try {
    const result = flow.transform(change, nowUs);
    return result.kind === 'events' ? result : FILTERED;
  } catch (thrown) {
    return { events: [], error: { errorClass: 'poison', message: `the flow failed: ${messageOf(thrown)}` } };
  }
}

/** Queue entries of a change; one per message, or one without an event when the flow threw. */
export function pendingOf(
  change: Change,
  made: Made,
  token: InFlightToken,
  queuedAt: number,
  rowKey: string | null = null,
  drained: Drained | null = null,
): Pending[] {
  const { events, error } = made;
  if (error) return [new Pending(change, null, 0, rowKey, new ChangeInFlight(token, 1, drained), queuedAt, error)];
  const of = new ChangeInFlight(token, events.length, drained);
  const [event] = events;
  if (event && events.length === 1) return [new Pending(change, event, 0, event.key, of, queuedAt, null)];
  return events.map((each, part) => new Pending(change, each, part, each.key, of, queuedAt, null));
}
