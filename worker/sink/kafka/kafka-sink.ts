import type { SASLOptions } from 'kafkajs';
import { SpillwayError } from '@/core/errors';
import { formatLsn } from '@/core/postgres/lsn';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { LARGEST_EVENT_BYTES, type SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { withDeadline } from '../network/deadline';
import { DELIVERED, type Outcome, type Sink, type SinkContext } from '../sink';
import { checkKafka } from './check';
import { deliveryErrorOf, openErrorOf } from './error-class';
import type { KafkaRecord, KafkaSession, OpenSession } from './kafka-port';
import { openKafkaSession } from './kafkajs-session';

const OPEN_DEADLINE_MS = 30_000;
const SEND_DEADLINE_MS = 30_000;

/**
 * Writes events to a Kafka topic: key = the event's key, so that a key stays in one partition (murmur2, as Java
 * clients do) and in order; value = the envelope, or null for a tombstone.
 *
 * Guarantee: at-least-once, in order per key, acknowledged by all in-sync replicas. The producer is idempotent, so the client's
 * own retries make no duplicates; a new producer after an outage or a restart may repeat a batch whose answer was lost.
 * Header `spillway.id` tells repeats apart. A request that a broker held back through an outage may still be
 * written behind its repeat: compare `spillway.lsn` where that matters.
 */
export function createKafkaSink(
  spec: KafkaSinkSpec,
  config: SinkTargetConfigOf<'Kafka'>,
  secret: string | null,
  context: SinkContext,
  makeSession?: OpenSession,
): Sink {
  const sasl = saslOf(config, secret);
  const newSession =
    makeSession ?? (() => openKafkaSession({ brokers: config.brokers, tls: config.tls, sasl, clientId: `spillway-${context.streamId}` }));
  const what = `Kafka at ${config.brokers.join(', ')}`;
  let session: KafkaSession | null = null;
  /** Sends wait for each other: a producer's sequence numbers allow one at a time. */
  let tail: Promise<unknown> = Promise.resolve();

  async function connected(): Promise<KafkaSession> {
    if (session) return session;
    const fresh = newSession();
    session = fresh;
    await fresh.open();
    return fresh;
  }
  function abandon(): void {
    session?.abandon();
    session = null;
  }

  async function send(batch: readonly OutboundEvent[], signal: AbortSignal): Promise<readonly Outcome[]> {
    try {
      await withDeadline(signal, SEND_DEADLINE_MS, async () => (await connected()).send(spec.topic, batch.map(recordOf)));
      return batch.map(() => DELIVERED);
    } catch (error) {
      abandon();
      if (signal.aborted) throw signal.reason;
      const outcome: Outcome = { ok: false, error: deliveryErrorOf(error, spec.topic, batch.length) };
      return batch.map(() => outcome);
    }
  }

  function recordOf(event: OutboundEvent): KafkaRecord {
    return {
      key: event.key,
      value: event.payload,
      headers: {
        'spillway.id': event.id,
        'spillway.op': event.op,
        'spillway.lsn': formatLsn(event.position.commitLsn),
        'spillway.epoch': String(context.epoch),
        ...event.headers,
      },
    };
  }

  return {
    // A batch must fit one record batch of the broker (message.max.bytes, 1 MiB by default) with keys and headers.
    // What a single record may weigh is the broker's to say, up to what a pipeline can hold.
    limits: { maxBatchEvents: 500, maxBatchBytes: 512 * 1024, maxEventBytes: config.maxEventBytes ?? LARGEST_EVENT_BYTES, partialOutcomes: false },

    async open(signal) {
      try {
        await withDeadline(signal, OPEN_DEADLINE_MS, async () => {
          const live = await connected();
          if ((await live.partitionsOf(spec.topic)) === 0) await createMissing(live, spec.topic);
        });
      } catch (error) {
        abandon();
        if (signal.aborted) throw signal.reason;
        throw openErrorOf(error, what);
      }
    },

    check: (signal) => checkKafka({ makeSession: newSession, topic: spec.topic, what, config, signal }),

    async write(batch, signal) {
      signal.throwIfAborted();
      if (batch.length === 0) return [];
      const turn = tail.then(() => send(batch, signal));
      tail = turn.catch(() => undefined);
      return turn;
    },

    async close() {
      const last = session;
      session = null;
      await last?.close();
    },
  };
}

/** Topics are made when missing, as builders expect of an event bus; where that is not allowed, the refusal says what to do. */
async function createMissing(session: KafkaSession, topic: string): Promise<void> {
  try {
    await session.createTopic(topic);
  } catch (error) {
    if ((await session.partitionsOf(topic).catch(() => 0)) > 0) return; // another pipeline was faster
    const refused = openErrorOf(error, `Topic ${topic} does not exist and cannot be created`);
    if (refused.kind === 'sink_unreachable') throw refused;
    throw new SpillwayError('sink_misconfigured', refused.message, {
      remedy: `Create the topic (kafka-topics.sh --create --topic ${topic}), or allow this user to create topics.`,
    });
  }
}

function saslOf(config: SinkTargetConfigOf<'Kafka'>, secret: string | null): SASLOptions | null {
  if (!config.sasl) return null;
  if (secret === null) {
    throw new SpillwayError('sink_misconfigured', `The Kafka user ${config.sasl.username} has no password.`, {
      remedy: 'Type in the password of the sink target.',
    });
  }
  const credentials = { username: config.sasl.username, password: secret };
  switch (config.sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain', ...credentials };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', ...credentials };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', ...credentials };
  }
}
