import type { Conversion, Converted, ConvertedEvent, ConvertibleEvent } from '@/worker/flow/conversion';
import type { OutboundEvent } from '@/worker/flow/flow';
import { isOutage } from '@/worker/recovery/classify';
import type { DeliveryError } from '@/worker/sink/sink';

/** What a chain of conversions made of one event. */
export type Made =
  | { readonly kind: 'events'; readonly events: readonly OutboundEvent[] }
  | { readonly kind: 'dropped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError };

/** One event on its way through the chain. */
interface Travelling {
  readonly original: OutboundEvent;
  /** What it is by now; empty once it is dropped. */
  events: readonly OutboundEvent[];
  reason: string | null;
  error: DeliveryError | null;
}

const NO_RESULT: Converted = { kind: 'failed', error: { errorClass: 'transient', message: 'the conversion gave no result' } };

/**
 * Passes events through every conversion in turn, each in batches within its limits. One result an event, same index. An outage of a
 * conversion ends the turn: what was not converted by then has failed with it. Rejects on abort only.
 */
export async function convertThrough(
  conversions: readonly Conversion[],
  batch: readonly OutboundEvent[],
  signal: AbortSignal,
): Promise<readonly Made[]> {
  const all = batch.map((original): Travelling => ({ original, events: [original], reason: null, error: null }));
  for (const conversion of conversions) await pass(conversion, all, signal);
  return all.map(madeOf);
}

/** Through one conversion. */
async function pass(conversion: Conversion, all: readonly Travelling[], signal: AbortSignal): Promise<void> {
  for (const travelling of all) travelling.error ??= tooLarge(travelling, conversion);
  const offered = all.filter(({ error }) => error === null).flatMap(({ events }) => events.filter(isConvertible));
  const results = new Map<OutboundEvent, Converted>();
  let down: Converted | null = null;
  for (const part of partsOf(offered, conversion)) {
    const converted: readonly Converted[] = down ? [] : await conversion.convert(part, signal);
    for (const [index, event] of part.entries()) {
      const result: Converted = down ?? converted[index] ?? NO_RESULT;
      results.set(event, result);
    }
    down ??= converted.find((result) => result.kind === 'failed' && isOutage(result.error.errorClass)) ?? null;
  }
  for (const travelling of all) if (travelling.error === null) take(travelling, results);
}

/** A tombstone passes by. */
function isConvertible(event: OutboundEvent): event is ConvertibleEvent {
  return event.payload !== null;
}

function tooLarge({ events }: Travelling, { limits }: Conversion): DeliveryError | null {
  const large = events.find(({ payload }) => (payload?.length ?? 0) > limits.maxEventBytes);
  if (!large) return null;
  const message = `the event has ${large.payload?.length} bytes and the conversion takes ${limits.maxEventBytes}`;
  return { errorClass: 'oversize', message };
}

function* partsOf(events: readonly ConvertibleEvent[], { limits }: Conversion): Generator<readonly ConvertibleEvent[]> {
  let part: ConvertibleEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const { length } = event.payload;
    if (part.length > 0 && (part.length >= limits.maxBatchEvents || bytes + length > limits.maxBatchBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(event);
    bytes += length;
  }
  if (part.length > 0) yield part;
}

function take(travelling: Travelling, results: ReadonlyMap<OutboundEvent, Converted>): void {
  const { original } = travelling;
  const became: OutboundEvent[] = [];
  for (const event of travelling.events) {
    const result = results.get(event);
    if (!result) became.push(event);
    else if (result.kind === 'events') became.push(...result.events.map((converted) => withConverted(event, converted)));
    else if (result.kind === 'dropped') travelling.reason ??= result.reason;
    else travelling.error ??= result.error;
  }
  // The first keeps the id, further ones count on: no id of the flow's own further messages (`.1`) is taken.
  travelling.events = became.map((event, index) => ({ ...event, id: index === 0 ? original.id : `${original.id}+${index}` }));
}

/** Field by field: whatever else a conversion put there, id and key stay. */
function withConverted(event: OutboundEvent, { payload, headers = event.headers, routed = event.routed }: ConvertedEvent): OutboundEvent {
  return { ...event, payload, headers, ...(routed === undefined ? {} : { routed }) };
}

function madeOf({ events, reason, error }: Travelling): Made {
  if (error) return { kind: 'failed', error };
  if (events.length > 0) return { kind: 'events', events };
  return { kind: 'dropped', reason: reason ?? 'a conversion made no event of it' };
}
