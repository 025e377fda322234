import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { startKafka } from './kafka';

const client = (brokers: string) => new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50 } });

async function produce(brokers: string, topic: string, values: string[]): Promise<void> {
  const producer = client(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: 'k', value })) });
  await producer.disconnect();
}

async function consume(brokers: string, topic: string, count: number): Promise<(string | undefined)[]> {
  const consumer = client(brokers).consumer({ groupId: `test-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: (string | undefined)[] = [];
  await new Promise<void>((done, failed) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          if (seen.push(message.value?.toString()) === count) done();
        },
      })
      .catch(failed);
  });
  await consumer.disconnect();
  return seen;
}

async function createTopic(brokers: string, topic: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

// That a killed broker comes back with what it had acknowledged: pipeline.kafka.test.ts.
test('an idempotent producer and a consumer group work against the real broker, in order', async () => {
  const { brokers } = await startKafka();
  const topic = `orders-${randomUUID()}`;
  await createTopic(brokers, topic);
  await produce(brokers, topic, ['1', '2', '3']);
  expect(await consume(brokers, topic, 3)).toEqual(['1', '2', '3']);
});
