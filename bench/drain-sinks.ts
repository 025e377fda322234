import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startOwnKafka } from '@/worker/testing/kafka';
import type { EngineSink } from './drain-peers';
import { COUNTING, type DrainSink } from './drain-spillway';
import type { BenchContext } from './harness/benchmark';
import { BenchReceiver } from './harness/receiver';
import { connected } from './harness/server';

/** Where a backlog is drained to, for one run of either side; the engine has none where it can not deliver. */
export interface DrainTarget {
  readonly name: string;
  spillway(rows: number): Promise<DrainSink>;
  debezium: ((rows: number) => Promise<EngineSink>) | null;
}

export const COUNTING_TARGET: DrainTarget = {
  name: 'a counting sink',
  spillway: async () => COUNTING,
  debezium: async () => ({ properties: { 'bench.sink': 'count' } }),
};

/** Events a request; the spec's default is 100. */
const HTTP_BATCH = 500;

/** Requests of many events to a receiver in a process of its own. */
export const HTTP_TARGET: DrainTarget = {
  name: 'HTTP',
  async spillway(rows) {
    const receiver = await BenchReceiver.start(rows);
    return {
      spec: { type: 'Http', target: 'bench', maxBatchSize: HTTP_BATCH },
      config: { type: 'Http', url: receiver.url, allowPrivateNetwork: true, timeoutMs: 30_000 },
      arrived: () => receiver.all,
      end: () => receiver.stop(),
    };
  },
  async debezium(rows) {
    const receiver = await BenchReceiver.start(rows);
    return {
      properties: { 'bench.sink': 'http', 'bench.url': receiver.url },
      arrived: () => receiver.all,
      end: () => receiver.stop(),
    };
  },
};

const PARTITIONS = 4;
/** Connect's producers: every replica acknowledges. Batches as large and patient as tuning guides say; no compression on either side. */
const PRODUCER = {
  'producer.acks': 'all',
  'producer.linger.ms': '5',
  'producer.batch.size': '131072',
  'producer.buffer.memory': '67108864',
};

/** A broker of its own; each run has a topic of its own. */
export async function kafkaTarget(context: BenchContext): Promise<DrainTarget> {
  const broker = await startOwnKafka();
  const admin = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  context.cleanup(async () => {
    await admin.disconnect();
    await broker.stop();
  });
  context.note(
    'Kafka',
    `one broker (KRaft), ${PARTITIONS} partitions, acks=all, no compression, producer of Debezium’s side ${JSON.stringify(PRODUCER)}`,
  );
  const topicFor = async (rows: number) => {
    const topic = `bench-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
    return {
      topic,
      arrived: async () => {
        for (let there = 0; there < rows; await sleep(50)) {
          there = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
        }
      },
      end: () => admin.deleteTopics({ topics: [topic] }),
    };
  };
  return {
    name: 'Kafka',
    async spillway(rows) {
      const { topic, arrived, end } = await topicFor(rows);
      return {
        spec: { type: 'Kafka', target: 'bench', topic, tombstones: true },
        config: { type: 'Kafka', brokers: [broker.brokers], tls: false },
        arrived,
        end,
      };
    },
    async debezium(rows) {
      const { topic, arrived, end } = await topicFor(rows);
      const properties = { 'bench.sink': 'kafka', 'bench.topic': topic, 'producer.bootstrap.servers': broker.brokers, ...PRODUCER };
      return { properties, arrived, end };
    },
  };
}

/** The catalog's event log, durable (fsync on); Debezium has nothing like it. */
export async function eventLogTarget(context: BenchContext, catalogUrl: string): Promise<DrainTarget> {
  const client = await connected(catalogUrl);
  context.cleanup(() => client.end());
  return {
    name: 'the event log',
    async spillway(rows) {
      await client.query('truncate event_log restart identity');
      return {
        spec: { type: 'EventLog', target: 'bench' },
        config: { type: 'EventLog', store: 'catalog' },
        arrived: async () => {
          for (let there = 0; there < rows; await sleep(50)) {
            there = Number((await client.query<{ last: string | null }>('select max(id) as last from event_log')).rows[0]?.last ?? 0);
          }
        },
      };
    },
    debezium: null,
  };
}
