import { messageOf, SpillwayError } from '@/core/errors';
import { formatLsn } from '@/core/postgres/lsn';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { usesRegistry, usesSchemas } from '@/core/spec/sink/kafka-format';
import { LARGEST_EVENT_BYTES, type SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { withDeadline } from '@/worker/network/deadline';
import { DELIVERED, type DeliveryError, type Outcome, type Sink, type SinkContext } from '../sink';
import { checkKafka } from './check';
import { credentialsOf } from './credentials';
import { deliveryErrorOf, openErrorOf } from './error-class';
import type { Formatting } from './format/formatting';
import type { KafkaRecord, KafkaSession, KeptPosition, OpenSession } from './kafka-port';
import { openKafkaSession } from './kafkajs-session';
import { fixedTopic, keyExpression, routeOf, routingColumns, topicOfTable } from './routing';
import { ensureTopic } from './topics';

const OPEN_DEADLINE_MS = 30_000;
const SEND_DEADLINE_MS = 30_000;
/** A template of a column with too many values must not fill a cluster with topics. */
const MAX_TOPICS = 1_000;
/** Each of them brings its schema, which is larger than most rows: with more a record batch would pass what brokers take. */
const MAX_EVENTS_WITH_SCHEMA = 25;

/** The transactional id of a stream, and the group that holds its position. */
export function transactionalIdOf(streamId: string): string {
  return `spillway-${streamId}`;
}

/**
 * Writes events to Kafka: key and topic as the spec says (routing.ts), by default the event's own key, so that a row stays in one
 * partition (murmur2, as Java clients do) and in order; value = the envelope, or null for a tombstone.
 *
 * Guarantee of `at_least_once` (the default): in order per key, acknowledged by all in-sync replicas. The producer is idempotent, so
 * the client's own retries make no duplicates; a new producer after an outage or a restart may repeat a batch whose answer was lost.
 * Header `spillway.id` tells repeats apart. A request that a broker held back through an outage may still be
 * written behind its repeat: compare `spillway.lsn` where that matters.
 *
 * Guarantee of `exactly_once`: each change of the stream is once in what a read_committed consumer sees. A batch and the position
 * behind it are one Kafka transaction; the transactional id is the stream's, so that a new session ends what its predecessor began.
 * Rows of a snapshot and replayed dead letters have no position in the stream: they are at-least-once, with stable ids.
 */
export function createKafkaSink(
  spec: KafkaSinkSpec,
  config: SinkTargetConfigOf<'Kafka'>,
  secret: string | null,
  context: SinkContext,
  makeSession: OpenSession = kafkajsSessions(config, secret, context),
): Sink {
  const application = context.streamName;
  const topic = fixedTopic(spec.topic, application);
  const exactlyOnce = spec.delivery === 'exactly_once';
  const what = `Kafka at ${config.brokers.join(', ')}`;
  const columns = routingColumns(spec);
  const byPrimaryKey = !spec.key || spec.key.type === 'PrimaryKey';
  const formatting = usesSchemas(spec.format) || config.registry ? lazyFormatting(spec, config, secret) : null;
  if (usesRegistry(spec.format) && !config.registry) {
    throw new SpillwayError('sink_misconfigured', `sink.format is ${spec.format}, and the sink target names no schema registry`, {
      remedy: 'Name a schema registry in the sink target, or choose json for sink.format.',
    });
  }
  /** Topics that were made sure of, once in the life of the sink: one that is deleted under it is not made again. */
  const sure = new Set<string>();
  let session: KafkaSession | null = null;
  /** Sends wait for each other: a producer's sequence numbers allow one at a time. */
  let tail: Promise<unknown> = Promise.resolve();

  async function connected(): Promise<KafkaSession> {
    if (session) return session;
    const fresh = makeSession(exactlyOnce);
    session = fresh;
    await fresh.open();
    return fresh;
  }
  function abandon(): void {
    session?.abandon();
    session = null;
  }

  async function makeSure(live: KafkaSession, name: string): Promise<void> {
    if (sure.has(name)) return;
    if (sure.size >= MAX_TOPICS) {
      const remedy = 'Choose a column with fewer values for sink.topic.';
      throw new SpillwayError('sink_misconfigured', `The stream has made ${MAX_TOPICS} topics, the most that it may`, { remedy });
    }
    await ensureTopic(live, name, spec);
    sure.add(name);
  }

  async function send(batch: readonly OutboundEvent[], signal: AbortSignal, position?: KeptPosition): Promise<readonly Outcome[]> {
    const routed = recordsOf(batch);
    if ('errorClass' in routed) return all(batch, routed);
    try {
      const records = formatting && usesSchemas(spec.format) ? await (await formatting()).encode(routed, batch, signal) : routed;
      if ('errorClass' in records) return all(batch, records);
      await withDeadline(signal, SEND_DEADLINE_MS, async () => {
        const live = await connected();
        if (topic === null) for (const name of new Set(records.map((record) => record.topic))) await makeSure(live, name);
        await live.send(records, position);
      });
      return batch.map(() => DELIVERED);
    } catch (error) {
      abandon();
      if (signal.aborted) throw signal.reason;
      // A topic that cannot be had is for an admin to mend: the stream waits, the events are not to blame.
      if (error instanceof SpillwayError && error.kind !== 'sink_unreachable') {
        return all(batch, { errorClass: 'auth', message: `${error.message} ${error.detail.remedy ?? ''}`.trim() });
      }
      return all(batch, deliveryErrorOf(error, topic ?? [...new Set(routed.map((record) => record.topic))].join(', '), batch.length));
    }
  }

  /** Or why one of them cannot be sent: then none is. */
  function recordsOf(batch: readonly OutboundEvent[]): KafkaRecord[] | DeliveryError {
    try {
      return batch.map(recordOf);
    } catch (thrown) {
      const remedy = thrown instanceof SpillwayError ? (thrown.detail.remedy ?? '') : '';
      return {
        errorClass: 'poison',
        message: `${messageOf(thrown)}. ${remedy}`.trim(),
        ...(batch.length > 1 ? { wholeBatch: true } : {}),
      };
    }
  }

  const epoch = String(context.epoch);
  /** Events of a transaction come one after the other and share it. */
  let lsn = { of: 0n, text: formatLsn(0n) };

  function recordOf(event: OutboundEvent): KafkaRecord {
    const { commitLsn } = event.position;
    if (commitLsn !== lsn.of) lsn = { of: commitLsn, text: formatLsn(commitLsn) };
    const ours = {
      'spillway.id': event.id,
      'spillway.op': event.op,
      'spillway.lsn': lsn.text,
      'spillway.epoch': epoch,
    };
    const route = topic !== null && byPrimaryKey ? null : routeOf(spec, application, event);
    // All alike, down to what most of them do not have: it is the shape by which they are read.
    return {
      topic: route?.topic ?? (topic as string),
      key: route ? route.key : event.key,
      value: event.payload,
      headers: isEmpty(event.headers) ? ours : { ...ours, ...event.headers },
      timestamp: event.eventTimeMs === undefined ? undefined : String(event.eventTimeMs),
      choose: route?.choose,
      partition: undefined,
    };
  }

  async function opening<T>(signal: AbortSignal, work: (live: KafkaSession) => Promise<T>): Promise<T> {
    try {
      return await withDeadline(signal, OPEN_DEADLINE_MS, async () => work(await connected()));
    } catch (error) {
      abandon();
      if (signal.aborted) throw signal.reason;
      throw openErrorOf(error, what);
    }
  }

  async function inTurn(batch: readonly OutboundEvent[], signal: AbortSignal, position?: KeptPosition): Promise<readonly Outcome[]> {
    signal.throwIfAborted();
    if (batch.length === 0) return [];
    const turn = tail.then(() => send(batch, signal, position));
    tail = turn.catch(() => undefined);
    return turn;
  }

  return {
    // A batch must fit one record batch of the broker (message.max.bytes, 1 MiB by default) with keys and headers.
    // What a single record may weigh is the broker's to say, up to what a pipeline can hold.
    limits: {
      maxBatchEvents: spec.format === 'json_with_schema' ? MAX_EVENTS_WITH_SCHEMA : 500,
      maxBatchBytes: 512 * 1024,
      maxEventBytes: config.maxEventBytes ?? LARGEST_EVENT_BYTES,
      partialOutcomes: false,
    },
    ...(columns.length > 0 ? { columns } : {}),
    keyExpression: keyExpression(spec),
    ...(formatting && usesSchemas(spec.format)
      ? {
          schemas: {
            register: async (like, signal) => (await formatting()).register(topicOfTable(spec, application, like) ?? '', like, signal),
          },
        }
      : {}),
    ...(exactlyOnce
      ? {
          positions: {
            read: (signal) => opening(signal, async (live) => (await live.positions()).map(({ text }) => text)),
            write: (batch, text, signal) => inTurn(batch, signal, { text, offset: batch.at(-1)?.position.commitLsn ?? 0n }),
          },
        }
      : {}),

    open: (signal) =>
      opening(signal, async (live) => {
        // What is missing for the format is said before the first event.
        if (usesSchemas(spec.format)) await formatting?.();
        if (topic !== null) await makeSure(live, topic);
      }),
    async check(signal) {
      const steps = await checkKafka({ makeSession, topic, asked: spec, what, config, signal });
      const registry = formatting ? await (await formatting()).check(signal) : null;
      return registry ? [...steps, registry] : steps;
    },
    write: (batch, signal) => inTurn(batch, signal),

    async close() {
      const last = session;
      session = null;
      await last?.close();
      await formatting?.close();
    },
  };
}

function all(batch: readonly OutboundEvent[], error: DeliveryError): readonly Outcome[] {
  const outcome: Outcome = { ok: false, error };
  return batch.map(() => outcome);
}

function isEmpty(headers: OutboundEvent['headers']): boolean {
  for (const _ in headers) return false;
  return true;
}

/** What formats need is loaded with the first use: most streams send JSON. */
function lazyFormatting(spec: KafkaSinkSpec, config: SinkTargetConfigOf<'Kafka'>, secret: string | null) {
  let opened: Promise<Formatting> | null = null;
  const open = () => {
    opened ??= import('./format/formatting').then(({ openFormatting }) => openFormatting(spec, config, secret));
    return opened;
  };
  return Object.assign(open, { close: async () => (await opened)?.close() });
}

function kafkajsSessions(config: SinkTargetConfigOf<'Kafka'>, secret: string | null, { streamId }: SinkContext): OpenSession {
  const credentials = credentialsOf(config, secret);
  const clientId = `spillway-${streamId}`;
  return (transactional) =>
    openKafkaSession({
      brokers: config.brokers,
      ...credentials,
      clientId,
      ...(transactional ? { transactionalId: transactionalIdOf(streamId) } : {}),
    });
}
