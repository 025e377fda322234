import { SpillwayError } from '@/core/errors';
import { queueOf } from '@/core/spec/sink/queue-name';
import type { SqsFifoSinkSpec, SqsStandardSinkSpec } from '@/core/spec/sink/sqs';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { PRIVATE_TOO, PUBLIC_ONLY, type Resolve } from '@/worker/network/address-policy';
import { withDeadline } from '@/worker/network/deadline';
import { guardedHandler } from '@/worker/network/sdk-handler';
import { DELIVERED, type Outcome, type Sink } from '../sink';
import { checkSqs } from './check';
import { deliveryErrorOf, entryErrorOf, openErrorOf } from './error-class';
import { messageOf, NoMessage, type QueueMessage } from './message';
import type { OpenSqs, SqsSession } from './sqs-port';

const DEADLINE_MS = 20_000;
/** The largest message of a queue that does not tell: SQS' limit before August 2025, and still the default of many. */
const UNTOLD_BYTES = 262_144;
/** Room for the attributes of a message in the pipeline's count, which knows payloads only. */
const ATTRIBUTE_BYTES = 1_024;

interface Prepared {
  readonly index: number;
  readonly message: QueueMessage;
}

/**
 * Sends events to an SQS queue in batches of at most ten.
 *
 * Guarantee: at-least-once. FIFO: in order per key (MessageGroupId = key), and a repeat within five minutes leaves no trace
 * (MessageDeduplicationId = event id); a repeat after a longer outage can. Standard: SQS itself may reorder and repeat; attribute
 * `spillway.id` tells repeats apart. SQS may take a later message of a batch while refusing an earlier one, so the
 * pipeline puts one event of a key into a batch (`partialOutcomes`). Tombstones are not sent.
 */
export function createSqsSink(
  spec: SqsFifoSinkSpec | SqsStandardSinkSpec,
  config: SinkTargetConfigOf<'Sqs'>,
  secret: string | null,
  resolve?: Resolve,
): Sink {
  const queue = queueOf(spec);
  const fifo = spec.type === 'SqsFifo';
  if (config.credentials.type === 'static' && secret === null) {
    throw new SpillwayError('sink_misconfigured', `The access key ${config.credentials.accessKeyId} has no secret access key.`, {
      remedy: 'Type in the secret access key of the sink target.',
    });
  }
  const allowed = config.allowPrivateNetwork ? PRIVATE_TOO : PUBLIC_ONLY;
  const makeSession: OpenSqs = async () => (await import('./sdk-session')).openSdkSession(config, secret, guardedHandler(allowed, resolve));
  let session: SqsSession | null = null;
  let url: string | null = null;
  let largest = UNTOLD_BYTES;

  async function connected(signal: AbortSignal): Promise<{ session: SqsSession; url: string }> {
    session ??= await makeSession();
    if (url === null) {
      const facts = await session.queue(queue, signal);
      largest = facts.maxMessageBytes ?? UNTOLD_BYTES;
      url = facts.url;
    }
    return { session, url };
  }

  async function send(batch: readonly Prepared[], outcomes: Outcome[], signal: AbortSignal): Promise<void> {
    try {
      const failed = await withDeadline(signal, DEADLINE_MS, async (inner) => {
        const live = await connected(inner);
        return live.session.send(
          live.url,
          batch.map(({ message }) => message),
          inner,
        );
      });
      for (const entry of failed) {
        const prepared = batch[entry.index];
        if (prepared) outcomes[prepared.index] = { ok: false, error: entryErrorOf(entry, queue) };
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // Asked for anew: a queue that was deleted and made again has the same URL, one in another account has not.
      url = null;
      const outcome: Outcome = { ok: false, error: deliveryErrorOf(error, queue, batch.length) };
      for (const { index } of batch) outcomes[index] = outcome;
    }
  }

  return {
    get limits() {
      const maxEventBytes = largest - ATTRIBUTE_BYTES;
      const maxBatchBytes = largest - spec.maxBatchSize * ATTRIBUTE_BYTES;
      return { maxBatchEvents: spec.maxBatchSize, maxBatchBytes, maxEventBytes, partialOutcomes: true };
    },

    async open(signal) {
      try {
        await withDeadline(signal, DEADLINE_MS, connected);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw openErrorOf(error, queue);
      }
    },

    check: (signal) => checkSqs({ makeSession, queue, config, signal }),

    async write(batch, signal) {
      signal.throwIfAborted();
      const outcomes: Outcome[] = batch.map(() => DELIVERED);
      for (const part of requestsOf(prepare(batch, fifo, largest, outcomes), largest)) {
        await send(part, outcomes, signal);
      }
      return outcomes;
    },

    async close() {
      const last = session;
      session = null;
      url = null;
      last?.close();
    },
  };
}

/** Messages of the events that have a payload; what cannot be one gets its outcome at once. */
function prepare(batch: readonly OutboundEvent[], fifo: boolean, largest: number, outcomes: Outcome[]): Prepared[] {
  return batch.flatMap((event, index) => {
    if (event.payload === null) return [];
    try {
      const message = messageOf(event, event.payload, fifo);
      if (message.bytes <= largest) return [{ index, message }];
      const words = `the message has ${message.bytes} bytes with its attributes and the queue takes ${largest}`;
      outcomes[index] = { ok: false, error: { errorClass: 'oversize', message: words } };
    } catch (thrown) {
      if (!(thrown instanceof NoMessage)) throw thrown;
      outcomes[index] = { ok: false, error: { errorClass: 'contract', message: thrown.message } };
    }
    return [];
  });
}

/** Cuts into requests of at most ten messages that together are no larger than one may be. */
function* requestsOf(messages: readonly Prepared[], largest: number): Generator<Prepared[]> {
  let part: Prepared[] = [];
  let bytes = 0;
  for (const each of messages) {
    if (part.length === 10 || (part.length > 0 && bytes + each.message.bytes > largest)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += each.message.bytes;
  }
  if (part.length > 0) yield part;
}
