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
const GRAVITY: readonly Ending[] = ['passed', 'filtered', 'delivered', 'ignored', 'parked', 'deadLettered', 'spilled'];

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
    if (GRAVITY.indexOf(ending) > GRAVITY.indexOf(this.ending)) this.ending = ending;
    this.left--;
    return this.left === 0 ? this.ending : null;
  }
}

/** One message in the queue of the delivery loop. */
export interface Pending {
  readonly change: Change;
  /** Null when the flow threw. */
  readonly event: OutboundEvent | null;
  /** Which of the change's messages this is, from 0. */
  readonly part: number;
  /** The event's key, or the row's when the flow threw. */
  readonly key: string | null;
  readonly scope: string;
  readonly of: ChangeInFlight;
  readonly bytes: number;
  readonly queuedAt: number;
  /** Failed attempts that count against the event; an outage is not one. */
  readonly attempts: AttemptRecord[];
  notBefore: number;
  solo: boolean;
  /** Part of a batch that was refused as a whole. */
  suspect: boolean;
  /** Set once the event is to go to recovery. */
  verdict: { readonly error: DeliveryError; readonly attempts: readonly AttemptRecord[] } | null;
  /** Why the flow made no message. */
  readonly flowError: DeliveryError | null;
}

/** What the flow makes of a change. A throw is poison with no event, and so is a row whose large values were not kept. */
export function transform(flow: Flow, change: Change, nowUs: bigint): { events: readonly OutboundEvent[]; error: DeliveryError | null } {
  const tooLarge = oversizeRow(change);
  if (tooLarge) return { events: [], error: tooLarge };
  try {
    const result = flow.transform(change, nowUs);
    return { events: result.kind === 'events' ? result.events : [], error: null };
  } catch (thrown) {
    return { events: [], error: { errorClass: 'poison', message: `the flow failed: ${messageOf(thrown)}` } };
  }
}

/** Queue entries of a change; one per message, or one without an event when the flow threw. */
export function pendingOf(
  change: Change,
  made: { events: readonly OutboundEvent[]; error: DeliveryError | null },
  token: InFlightToken,
  queuedAt: number,
  rowKey: string | null = null,
  drained: Drained | null = null,
): Pending[] {
  const messages: readonly (OutboundEvent | null)[] = made.error ? [null] : made.events;
  const of = new ChangeInFlight(token, messages.length, drained);
  return messages.map((event, part) => {
    const key = event ? event.key : rowKey;
    return {
      change,
      event,
      part,
      key,
      scope: scopeOf(change.relation.schema, change.relation.table, key),
      of,
      bytes: event?.payload?.length ?? 0,
      queuedAt,
      attempts: [],
      notBefore: 0,
      solo: false,
      suspect: false,
      verdict: null,
      flowError: made.error,
    };
  });
}
