import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { DeliveryError } from '@/worker/sink/sink';
import type { OutboundEvent } from './flow';

/** A message as a conversion gets it: never a tombstone, which passes by as it is. */
export type ConvertibleEvent = OutboundEvent & { readonly payload: Buffer };

/** What a conversion may say of an event. Id, key, position and time stay those of the change: order and repeats hang on them. */
export interface ConvertedEvent {
  /** UTF-8 JSON. */
  readonly payload: Buffer;
  /** In place of the event's headers; absent = as they were. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of where the flow routes it; absent = as it was. */
  readonly routed?: string;
}

/**
 * What became of one event.
 * - events:  any number, in order; none is the same as dropped
 * - dropped: left out on purpose; `reason` is shown to people
 * - failed:  the classes are the sink's (sink.ts): `transient`, `throttled` and `auth` are an outage of the conversion and hold the
 *            stream, `contract`, `oversize` and `poison` are the event's own and go to recovery. `wholeBatch` = all were refused together
 *            and nobody can say which is to blame: they come again in smaller batches.
 */
export type Converted =
  | { readonly kind: 'events'; readonly events: readonly ConvertedEvent[] }
  | { readonly kind: 'dropped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError };

export interface ConversionLimits {
  readonly maxBatchEvents: number;
  /** Of the payloads of a batch together; a single one may be larger up to `maxEventBytes`. */
  readonly maxBatchBytes: number;
  /** A single larger payload is oversize and never offered. */
  readonly maxEventBytes: number;
}

/** Turns batches of events into others, elsewhere than on this thread. No retry and no order decisions: the delivery loop owns those. */
export interface Conversion {
  readonly limits: ConversionLimits;
  /** Makes ready; cheap when it is already. Throws SpillwayError (sink_unreachable, sink_auth_failed, sink_misconfigured). */
  open(signal: AbortSignal): Promise<void>;
  /**
   * Converts a batch within `limits`; one result an event, same index. Rejects only on abort: every failure is a result. May be called again with the same
   * events, and should answer the same then. Called once at a time.
   */
  convert(batch: readonly ConvertibleEvent[], signal: AbortSignal): Promise<readonly Converted[]>;
  /** May be called twice, and without `open`. */
  close(): Promise<void>;
}

/** A registered sink target with its secret opened. */
export interface ConversionTarget {
  readonly config: SinkTargetConfig;
  readonly secret: string | null;
}

/** What a conversion may know of its stream. */
export interface ConversionContext {
  readonly streamName: string;
  /** The registered targets that the chain names (`conversionTargets`), by name. */
  readonly targets: Readonly<Record<string, ConversionTarget>>;
}
