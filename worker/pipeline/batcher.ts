import type { SinkLimits } from '@/worker/sink/sink';

/** As much of a queued event as the cut depends on. */
export interface Batchable {
  /** `scopeOf`: what order is kept within. */
  readonly scope: string;
  readonly bytes: number;
  /** Not to be sent before this time, ms; its scope waits with it. */
  readonly notBefore: number;
  /** Known or suspected to spoil a batch: sent alone. */
  readonly solo: boolean;
}

export interface Cut<T> {
  readonly batch: readonly T[];
  /** When the batch is empty: the time at which something can be sent, null when the queue holds nothing. */
  readonly wakeAt: number | null;
  /** The batch took all that may be sent now and has room left: company is worth a short wait. */
  readonly room: boolean;
}

/**
 * Takes from the queue, which is in stream order, what may be sent together now. Nothing of a scope passes an earlier event of
 * the same scope. For sinks with partial outcomes a batch holds at most one event of a scope: later ones stay while other
 * scopes overtake. For the others a batch may hold several, in order, since the sink takes or refuses them in order.
 */
export function cutBatch<T extends Batchable>(
  queue: Iterable<T>,
  limits: Pick<SinkLimits, 'maxBatchBytes' | 'partialOutcomes'>,
  maxEvents: number,
  now: number,
  /** For a sink that keeps a position: nothing at all passes what waits, so that a batch is a part of the stream without gaps. */
  strict = false,
): Cut<T> {
  const batch: T[] = [];
  const held = new Set<string>();
  let bytes = 0;
  let wakeAt: number | null = null;
  for (const item of queue) {
    if (strict && held.size > 0) return { batch, wakeAt, room: false };
    if (held.size > 0 && held.has(item.scope)) continue;
    if (item.notBefore > now) {
      wakeAt = wakeAt === null ? item.notBefore : Math.min(wakeAt, item.notBefore);
      held.add(item.scope);
    } else if (item.solo) {
      if (batch.length === 0) return { batch: [item], wakeAt, room: false };
      held.add(item.scope);
    } else {
      if (batch.length > 0 && bytes + item.bytes > limits.maxBatchBytes) return { batch, wakeAt, room: false };
      batch.push(item);
      bytes += item.bytes;
      if (batch.length >= maxEvents) return { batch, wakeAt, room: false };
      if (limits.partialOutcomes) held.add(item.scope);
    }
  }
  return { batch, wakeAt, room: true };
}
