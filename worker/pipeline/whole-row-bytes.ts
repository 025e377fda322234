import type { SinkLimits } from '@/worker/sink/sink';

/** A flow may make a small event of a large row (an outbox payload, a few columns), whatever its sink takes. */
const LEAST_BYTES = 4 * 1024 * 1024;

/**
 * What a row may take on the wire to be held whole. Values shrink by a third at most on their way into an event (bytea comes as
 * two digits a byte and leaves as base64), so whatever is larger than this is too large for the sink before anything is made of it.
 */
export function wholeRowBytes({ maxEventBytes }: Pick<SinkLimits, 'maxEventBytes'>): number {
  return Math.max(LEAST_BYTES, Math.ceil(maxEventBytes * 1.5));
}
