import type { CheckStep } from '@/core/dto/inspection';
import type { OutboundEvent } from '@/worker/flow/flow';

/**
 * Why an event was not delivered. The class decides what happens next:
 * - transient: the sink is unreachable or failing (network, 5xx): retried for ever, never a dead letter
 * - throttled: asked to slow down (429): retried for ever, after `retryAfterMs`
 * - auth:      credentials refused (401, 403): retried for ever, slowly; an admin has to act
 * - oversize:  the event is larger than the sink takes: poison at once
 * - contract:  the sink refuses this event by its rules (400, 422): poison after maxAttempts
 * - poison:    the event cannot be made or sent at all (flow threw): poison at once
 */
export type ErrorClass = 'transient' | 'throttled' | 'auth' | 'oversize' | 'contract' | 'poison';

export interface DeliveryError {
  readonly errorClass: ErrorClass;
  /** Without row data and secrets: it is shown and logged. */
  readonly message: string;
  /** HTTP status, Kafka error code … */
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** True when the sink refused the batch as a whole and cannot say which event is to blame; the pipeline then narrows it down. */
  readonly wholeBatch?: boolean;
}

/** `dropped` = why a conversion left the event out: it ends as filtered. */
export type Outcome = { readonly ok: true; readonly dropped?: string } | { readonly ok: false; readonly error: DeliveryError };
export const DELIVERED: Outcome = { ok: true };

export interface SinkLimits {
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  /** A single larger payload is oversize. */
  readonly maxEventBytes: number;
  /**
   * True when the sink may accept a later event of a batch while refusing an earlier one. The batcher then never puts
   * two events of one key into one batch, so that a refusal cannot reorder a key.
   */
  readonly partialOutcomes: boolean;
}

/** Where events go. Sockets only: no retry, no recovery, no order decisions; the pipeline owns those. */
export interface Sink {
  readonly limits: SinkLimits;
  /** Columns of the row by which it routes: events come with their values. */
  readonly columns?: readonly string[];
  /** CEL expression by which it makes keys: events of rows come with its text (`keyText`). */
  readonly keyExpression?: string;
  /** Only of a sink that sends schemas: events come with theirs. */
  readonly schemas?: SinkSchemas;
  /** Only of a sink that is exactly-once: it keeps the stream's position together with the events. */
  readonly positions?: SinkPositions;
  /** Connects. Throws SpillwayError (sink_unreachable, sink_auth_failed, sink_misconfigured). */
  open(signal: AbortSignal): Promise<void>;
  /** Step-by-step test for the portal; creates nothing, sends no event. */
  check(signal: AbortSignal): Promise<CheckStep[]>;
  /**
   * Delivers a batch in order; one outcome an event, same index. Rejects only on abort: every failure is an outcome.
   * `ok` means durable at the sink. May be called again with the same events after a crash.
   */
  write(batch: readonly OutboundEvent[], signal: AbortSignal): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

/**
 * A sink that takes events and a position in one transaction: both or neither. With it the pipeline sends events strictly in
 * stream order, passes over those at or before the position, and reads the position anew after every failed write.
 */
export interface SinkPositions {
  /**
   * Positions kept so far; the latest of them counts. Called after `open()`. From then on nothing that an earlier instance of the
   * stream has begun can still be written. Rejects with a SpillwayError, as `open()` does.
   */
  read(signal: AbortSignal): Promise<readonly string[]>;
  /** As `Sink.write`, all or nothing, with the position that holds behind the batch. At most 1,000 characters. */
  write(batch: readonly OutboundEvent[], position: string, signal: AbortSignal): Promise<readonly Outcome[]>;
}

/** What a sink does with the schemas of its events. */
export interface SinkSchemas {
  /**
   * Registers those of events like this one, all or none, where a registry is part of it; done again, it changes nothing. Gives the names
   * under which they are registered. Throws SpillwayError (sink_unreachable, sink_auth_failed, sink_misconfigured when they are refused).
   */
  register(like: OutboundEvent, signal: AbortSignal): Promise<readonly string[]>;
}

/** What a sink may know of its stream. */
export interface SinkContext {
  readonly streamId: string;
  readonly streamName: string;
  /** Fencing epoch, sent along where the sink can carry it. */
  readonly epoch: number;
  /** Spillway's catalog, for the EventLog target that lives there. */
  readonly catalogUrl: string;
}
