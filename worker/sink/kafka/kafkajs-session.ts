import { type Admin, Kafka, type KafkaConfig, logLevel, type Message, Partitioners, type SASLOptions } from 'kafkajs';
import { guardedSockets } from './guarded-sockets';
import { IncompleteAcknowledgement, type KafkaRecord, type KafkaSession } from './kafka-port';

export interface SessionSettings {
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly sasl: SASLOptions | null;
  readonly clientId: string;
}

const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 };

/**
 * A session on kafkajs 2.2.4. Facts of its source that this works around:
 * - An idempotent producer retries without end by default, also after `disconnect()`: retries are bounded here, and
 *   `abandon()` destroys the sockets and refuses new ones, so that nothing is sent late and out of order.
 * - A retry partitions the records again (sendMessages.js): a record without key could move to a partition whose broker
 *   had already answered, and be lost. The partition is therefore remembered per message, and the
 *   acknowledgement compared with the partitions that were used.
 * - Sequence numbers are taken back when a send fails, so that another batch under the same numbers would be taken for
 *   a duplicate and dropped by the broker: a session is not used again after a failure.
 * - A client that connects again is told of the end of its former socket as if it were the new one's: an admin client is
 *   used once.
 */
export function openKafkaSession(settings: SessionSettings): KafkaSession {
  const sockets = guardedSockets(settings.brokers);
  const kafka = new Kafka(kafkaConfig(settings, sockets.create));
  const partitions = new WeakMap<Message, number>();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, retries: 6 },
    createPartitioner: () => {
      const choose = Partitioners.DefaultPartitioner();
      return (args) => {
        const partition = partitions.get(args.message) ?? choose(args);
        partitions.set(args.message, partition);
        return partition;
      };
    },
  });
  async function withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = kafka.admin({ retry: { ...RETRY, retries: 3 } });
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  return {
    open: () => producer.connect(),

    async partitionsOf(topic) {
      try {
        const { topics } = await withAdmin((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
        return topics[0]?.partitions.length ?? 0;
      } catch (error) {
        if (isUnknownTopic(error)) return 0;
        throw error;
      }
    },

    async createTopic(topic) {
      const defaults = { topic, numPartitions: -1, replicationFactor: -1 };
      await withAdmin((admin) => admin.createTopics({ topics: [defaults], waitForLeaders: true }));
    },

    async send(topic, records) {
      const messages = records.map(messageOf);
      const acknowledged = await producer.send({ topic, acks: -1, timeout: 15_000, messages });
      const done = new Set(acknowledged.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
      for (const message of messages) {
        const partition = partitions.get(message);
        if (partition === undefined || !done.has(partition)) {
          throw new IncompleteAcknowledgement(`partition ${partition ?? 'unknown'} was not acknowledged`);
        }
      }
    },

    abandon: () => sockets.destroyAll(),

    async close() {
      await producer.disconnect().catch(() => undefined);
      sockets.destroyAll();
    },
  };
}

function kafkaConfig(settings: SessionSettings, socketFactory: KafkaConfig['socketFactory']): KafkaConfig {
  return {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ssl: settings.tls,
    ...(settings.sasl ? { sasl: settings.sasl } : {}),
    socketFactory,
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    requestTimeout: 20_000,
    retry: { ...RETRY, retries: 2 },
    // What fails comes back as an error; kafkajs' own lines would repeat it with stack traces.
    logLevel: logLevel.NOTHING,
    logCreator: () => () => undefined,
  };
}

function messageOf(record: KafkaRecord): Message {
  return { key: record.key, value: record.value, headers: { ...record.headers } };
}

function isUnknownTopic(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION';
}
