import type { ErrorKind } from '@/core/error-catalogue';
import type { DeliveryError } from '@/worker/sink/sink';

/** Why delivery stands still; null when it does not. */
export interface Condition {
  readonly state: 'retrying' | 'parked' | 'spilling' | 'draining';
  readonly reason: string;
  readonly errorKind?: ErrorKind;
  readonly detail: Record<string, unknown>;
}

/** The sink is at fault. */
export function outageCondition(error: DeliveryError, since: number, failures: number): Condition {
  const kind: ErrorKind = error.errorClass === 'auth' ? 'sink_auth_failed' : 'sink_unreachable';
  const what = error.errorClass === 'throttled' ? 'The sink asks to slow down' : 'The sink cannot take events';
  return {
    state: 'retrying',
    reason: `${what}: ${error.message}`,
    errorKind: kind,
    detail: { since: iso(since), failures, errorClass: error.errorClass, ...(error.status === undefined ? {} : { status: error.status }) },
  };
}

/** Recovery is None and the sink (or the flow) refuses an event. */
export function stallCondition(error: DeliveryError, since: number, eventId: string, attempts: number): Condition {
  return {
    state: 'retrying',
    reason: `An event is refused and recovery is None: ${error.message}`,
    errorKind: 'delivery_refused',
    detail: { since: iso(since), eventId, attempts, errorClass: error.errorClass },
  };
}

/** A dead letter has to be stored and the catalog does not take it. */
export function catalogCondition(message: string, since: number): Condition {
  return {
    state: 'retrying',
    reason: `An event waits to be kept and ${message}`,
    errorKind: 'catalog_unavailable',
    detail: { since: iso(since) },
  };
}

/** Unresolved letters and what they take, beside the limits of both. */
export interface LettersHeld {
  readonly unresolved: number;
  readonly maxOpen: number;
  readonly bytes: number;
  readonly maxOpenBytes: number;
}

export function parkedCondition(held: LettersHeld, since: number): Condition {
  const { unresolved, maxOpen, bytes, maxOpenBytes } = held;
  const mb = (size: number) => `${(size / 1_000_000).toFixed(1)} MB`;
  const reason =
    unresolved >= maxOpen
      ? `${unresolved} dead letters are not resolved and the stream's limit is ${maxOpen}`
      : `the dead letters that are not resolved take ${mb(bytes)} and the stream's limit is ${mb(maxOpenBytes)}`;
  return { state: 'parked', reason, detail: { since: iso(since), ...held } };
}

/** Worth a report: another state or another kind of error. Counters and the wording of the same fault are not. */
export function differs(a: Condition | null, b: Condition | null): boolean {
  const same = a?.state === b?.state && a?.errorKind === b?.errorKind;
  return !same || a?.detail.errorClass !== b?.detail.errorClass || a?.detail.spill !== b?.detail.spill;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
