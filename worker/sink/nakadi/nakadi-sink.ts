import { SpillwayError } from '@/core/errors';
import type { NakadiSinkSpec } from '@/core/spec/sink/nakadi';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { AddressRefused, type Resolve } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { withDeadline } from '@/worker/network/deadline';
import { DELIVERED, type DeliveryError, type Outcome, type Sink, type SinkContext } from '../sink';
import { verdictsOf } from './answer';
import { checkNakadi } from './check';
import { openErrorOf, readEventType } from './event-type';
import { openNakadi } from './nakadi-api';
import { bodyOf, type EventTypeFacts, eidOf, NoNakadiEvent } from './nakadi-event';
import { TokenRefused } from './tokens';

/** Nakadi's `event.max.bytes`, counted on the bytes of an event as they are posted. */
const MAX_EVENT_BYTES = 999_000;
/** Room for the metadata that is added to a payload. */
const METADATA_BYTES = 1_024;

interface Prepared {
  readonly index: number;
  readonly event: OutboundEvent;
  readonly body: Buffer;
}

/**
 * Publishes events to a Nakadi event type, one request at a time.
 *
 * Guarantee: at-least-once. `metadata.eid` is a UUID made of the event's id, so that a consumer can tell repeats. Order per key: the
 * batch holds one event of a key (`partialOutcomes`), and nothing of a key follows before it is published; the event type has to be
 * partitioned by the same key. Events that break a rule (422) are named one by one; the rest of their request is
 * published in the same call.
 */
export function createNakadiSink(
  spec: NakadiSinkSpec,
  config: SinkTargetConfigOf<'Nakadi'>,
  secret: string | null,
  context: SinkContext,
  resolve?: Resolve,
): Sink {
  if (secret === null) {
    throw new SpillwayError('sink_misconfigured', 'The Nakadi target has no credentials.', {
      remedy: 'Type in the token, or the client secret, of the sink target.',
    });
  }
  const url = new URL(config.url);
  const api = openNakadi(config, secret, resolve);
  const path = `/event-types/${encodeURIComponent(spec.eventType)}/events`;
  const deadline = config.timeoutMs * 2;
  let facts: EventTypeFacts | null = null;

  async function eventType(signal: AbortSignal): Promise<EventTypeFacts> {
    facts ??= await readEventType(api, spec.eventType, `${context.streamName}-open`, url.host, signal);
    return facts;
  }

  async function publish(part: readonly Prepared[], outcomes: Outcome[], signal: AbortSignal): Promise<readonly Prepared[]> {
    const first = part[0];
    if (!first) return [];
    const body = Buffer.concat([
      Buffer.from('['),
      ...part.flatMap((each, at) => (at ? [Buffer.from(','), each.body] : [each.body])),
      Buffer.from(']'),
    ]);
    // The same for every repeat: what Nakadi logs of a batch can be found again.
    const flowId = `${context.streamName}-${eidOf(first.event.id)}`;
    const answer = await withDeadline(signal, deadline, (inner) => api.call('POST', path, flowId, body, inner));
    const verdicts = verdictsOf(
      answer,
      part.map(({ event }) => event.key),
      spec.eventType,
      Date.now(),
    );
    // The rules of the event type may have changed under us.
    if (answer.status === 404 || answer.status === 422) facts = null;
    return part.filter(({ index }, at) => {
      const verdict = verdicts[at] ?? 'again';
      if (verdict === 'again') return true;
      outcomes[index] = verdict;
      return false;
    });
  }

  function errorOf(error: unknown): DeliveryError {
    const auth = error instanceof AddressRefused || (error instanceof TokenRefused && error.credentials);
    if (error instanceof TokenRefused) return { errorClass: auth ? 'auth' : 'transient', message: `${url.host}: ${error.message}` };
    if (error instanceof SpillwayError)
      return { errorClass: error.kind === 'sink_auth_failed' ? 'auth' : 'transient', message: error.message };
    return { errorClass: auth ? 'auth' : 'transient', message: `${url.host}: ${describeConnectionError(error)}` };
  }

  return {
    limits: {
      maxBatchEvents: spec.maxBatchSize,
      maxBatchBytes: 1024 * 1024,
      maxEventBytes: MAX_EVENT_BYTES - METADATA_BYTES,
      partialOutcomes: true,
    },

    async open(signal) {
      try {
        await withDeadline(signal, deadline, eventType);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw openErrorOf(error, url.host);
      }
    },

    check: (signal) => checkNakadi(api, spec.eventType, url, `${context.streamName}-check`, signal),

    async write(batch, signal) {
      signal.throwIfAborted();
      const outcomes: Outcome[] = batch.map(() => DELIVERED);
      let left: readonly Prepared[] = [];
      try {
        const known = await withDeadline(signal, deadline, eventType);
        left = prepare(batch, known, outcomes);
        while (left.length > 0) {
          // Each round settles one event at least: a 422 names those that are to blame.
          left = await publish(left, outcomes, signal);
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const outcome: Outcome = { ok: false, error: errorOf(error) };
        const unsent = left.length > 0 ? left.map(({ index }) => index) : batch.keys();
        for (const index of unsent) outcomes[index] = outcome;
      }
      return outcomes;
    },

    close: () => api.close(),
  };
}

/** The bodies of the events that have a payload; what cannot be one gets its outcome at once. */
function prepare(batch: readonly OutboundEvent[], facts: EventTypeFacts, outcomes: Outcome[]): Prepared[] {
  return batch.flatMap((event, index) => {
    if (event.payload === null) return [];
    try {
      const body = event.payload.length > MAX_EVENT_BYTES ? event.payload : bodyOf(event, event.payload, facts, Date.now());
      if (body.length <= MAX_EVENT_BYTES) return [{ index, event, body }];
      const message = `the event has ${body.length} bytes and Nakadi takes ${MAX_EVENT_BYTES}`;
      outcomes[index] = { ok: false, error: { errorClass: 'oversize', message } };
    } catch (thrown) {
      if (!(thrown instanceof NoNakadiEvent)) throw thrown;
      outcomes[index] = { ok: false, error: { errorClass: 'contract', message: thrown.message } };
    }
    return [];
  });
}
