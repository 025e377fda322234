import { type Admin, Kafka, Partitioners, type TopicMessages } from 'kafkajs';
import { guardedSockets } from './guarded-sockets';
import { IncompleteAcknowledgement, type KafkaRecord, type KafkaSession } from './kafka-port';
import { kafkaConfig, RETRY, type SessionSettings } from './kafkajs-config';
import { createKafkajsTopic, describeKafkajsTopic } from './kafkajs-topics';
import { KafkajsTransactions } from './kafkajs-transactions';
import { positiveHash } from './murmur2';

/**
 * A session on kafkajs 2.2.4. Facts of its source that this works around:
 * - An idempotent producer retries without end by default, also after `disconnect()`: retries are bounded here, and
 *   `abandon()` destroys the sockets and refuses new ones, so that nothing is sent late and out of order.
 * - A retry partitions the records again (sendMessages.js): a record without key could move to a partition whose broker
 *   had already answered, and be lost. The partition is therefore kept in the message (where kafkajs looks for one that
 *   is given), and the acknowledgement compared with the partitions that were used.
 * - Sequence numbers are taken back when a send fails, so that another batch under the same numbers would be taken for
 *   a duplicate and dropped by the broker: a session is not used again after a failure.
 * - A client that connects again is told of the end of its former socket as if it were the new one's: an admin client is
 *   used once.
 */
export function openKafkaSession(settings: SessionSettings): KafkaSession {
  const sockets = guardedSockets(settings.brokers);
  const kafka = new Kafka(kafkaConfig(settings, sockets.create));
  const { transactionalId } = settings;
  const producer = kafka.producer({
    ...(transactionalId ? { transactionalId, transactionTimeout: 60_000 } : { idempotent: true }),
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, retries: 6 },
    createPartitioner: () => {
      const inTurn = Partitioners.DefaultPartitioner();
      return (args) => {
        const record = args.message as KafkaRecord;
        const { length } = args.partitionMetadata;
        record.partition ??= record.choose?.(length) ?? (record.key === null ? inTurn(args) : positiveHash(record.key) % length);
        return record.partition;
      };
    },
  });
  const transactions = transactionalId ? new KafkajsTransactions(producer, transactionalId) : null;

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
    async open() {
      await producer.connect();
      await transactions?.begin();
    },
    topic: (name) => withAdmin((admin) => describeKafkajsTopic(admin, name)),
    createTopic: (name, asked) => withAdmin((admin) => createKafkajsTopic(admin, name, asked)),

    async send(records, position) {
      const topicMessages = byTopic(records);
      const batch = { topicMessages, acks: -1, timeout: 15_000 };
      const acknowledged = transactions ? await transactions.send(batch, position) : await producer.sendBatch(batch);
      for (const { topic, messages } of topicMessages) {
        const done = new Set<number | undefined>();
        for (const { topicName, partition, errorCode } of acknowledged) if (topicName === topic && errorCode === 0) done.add(partition);
        const missing = messages.find(({ partition }) => !done.has(partition));
        if (missing) throw new IncompleteAcknowledgement(`partition ${missing.partition ?? 'unknown'} was not acknowledged`);
      }
      await transactions?.commit();
    },

    positions: async () => (transactions ? withAdmin((admin) => transactions.read(admin)) : []),
    abandon: () => sockets.destroyAll(),
    async close() {
      await producer.disconnect().catch(() => undefined);
      sockets.destroyAll();
    },
  };
}

function byTopic(records: readonly KafkaRecord[]): TopicMessages[] {
  const topics = new Map<string, KafkaRecord[]>();
  for (const record of records) {
    const messages = topics.get(record.topic);
    if (messages) messages.push(record);
    else topics.set(record.topic, [record]);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
