import type { RecoverySpec } from '@/core/spec/recovery';
import type { DeliveryError, ErrorClass } from '@/worker/sink/sink';

/** What to do about an event that was not delivered. */
export type Verdict =
  /** The sink is at fault: the whole stream waits, nothing is counted against the event. */
  | 'outage'
  /** The batch is at fault, not yet one event: send smaller parts. */
  | 'narrow'
  /** The event is at fault and has attempts left. */
  | 'retry'
  /** The event is at fault and recovery says so: ignore it or make it a dead letter. */
  | 'recover'
  /** The event is at fault and recovery is None: the stream stalls visibly. */
  | 'stall';

/** Errors that are never the event's fault. */
export function isOutage(errorClass: ErrorClass): boolean {
  return errorClass === 'transient' || errorClass === 'throttled' || errorClass === 'auth';
}

/** `attempts` includes the failed one; `batchSize` is the number of events sent together. */
export function classify(error: DeliveryError, attempts: number, batchSize: number, recovery: RecoverySpec): Verdict {
  if (isOutage(error.errorClass)) return 'outage';
  if (error.wholeBatch && batchSize > 1) return 'narrow';
  if (recovery.type === 'None') return 'stall';
  if (error.errorClass === 'contract' && attempts < recovery.maxAttempts) return 'retry';
  return 'recover';
}
