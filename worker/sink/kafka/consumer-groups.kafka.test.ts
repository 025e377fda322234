import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startKafka, type TestKafka } from '@/worker/testing/kafka';
import { type ConsumerQuestion, readConsumerLag } from './consumer-groups';

const HOUR_MS = 3_600_000;
const topic = `lag-${randomUUID()}`;
const group = (name: string) => `${name}-${topic}`;
let broker: TestKafka;

beforeAll(async () => {
  broker = await startKafka();
});
afterAll(() => broker.stop());

const ask = (part: Partial<ConsumerQuestion> = {}) =>
  readConsumerLag({
    config: { type: 'Kafka', brokers: broker.brokers.split(','), tls: false },
    secret: null,
    isOurs: (name) => name === topic,
    ownGroup: group('own'),
    nowMs: Date.now(),
    signal: new AbortController().signal,
    ...part,
  });

it('reads the groups of a topic, their members, how far behind they are and for how long at least', async () => {
  expect(await ask()).toMatchObject({ topics: [], groups: [], note: expect.stringContaining('no topic of this stream') });
  const client = new Kafka({ brokers: broker.brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const producer = client.producer();
  // Commits offsets of groups that have no member.
  const committer = client.producer({ transactionalId: group('committer'), maxInFlightRequests: 1, idempotent: true });
  const live = client.consumer({ groupId: group('live'), maxWaitTimeInMs: 100 });
  await Promise.all([admin.connect(), producer.connect(), committer.connect(), live.connect()]);
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    expect(await ask()).toEqual({ topics: [topic], moreTopics: 0, groups: [], moreGroups: 0, note: expect.stringContaining('ACL') });
    const now = Date.now();
    const messages = [0, 1].flatMap((partition) =>
      Array.from({ length: 10 }, (_, at) => ({ partition, value: 'x', timestamp: String(now - (at < 5 ? 2 * HOUR_MS : 0)) })),
    );
    await producer.send({ topic, messages });
    // A broker that is new has no coordinators for groups yet.
    const committed = (name: string, ...offsets: string[]) =>
      vi.waitFor(
        async () => {
          const transaction = await committer.transaction();
          const partitions = offsets.map((offset, partition) => ({ partition, offset }));
          const sent = transaction.sendOffsets({ consumerGroupId: group(name), topics: [{ topic, partitions }] });
          await sent.then(transaction.commit, async (error: unknown) => {
            await transaction.abort();
            throw error;
          });
        },
        { timeout: 60_000, interval: 100 },
      );
    await committed('behind', '3', '10');
    await committed('near', '8', '9');
    await committed('partly', '10');
    await committed('own', '0', '0');
    await live.subscribe({ topic, fromBeginning: true });
    await live.run({ eachMessage: async () => undefined });
    const row = (name: string) => ({ id: group(name), members: 0, lag: 0, uncommittedPartitions: 0, waitingOverMs: null });
    await vi.waitFor(
      async () =>
        expect(await ask()).toEqual({
          topics: [topic],
          moreTopics: 0,
          groups: [
            { ...row('behind'), lag: 7, waitingOverMs: HOUR_MS },
            { ...row('near'), lag: 3, waitingOverMs: 0 },
            { ...row('live'), members: 1 },
            { ...row('partly'), uncommittedPartitions: 1 },
          ],
          moreGroups: 0,
          note: null,
        }),
      { timeout: 60_000, interval: 200 },
    );
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect(), committer.disconnect(), live.disconnect()]);
  }
});

it('says that brokers are out of reach, and ends at once when nobody waits any more', async () => {
  const config = { type: 'Kafka' as const, brokers: ['127.0.0.1:1'], tls: false };
  await expect(ask({ config })).rejects.toMatchObject({ kind: 'sink_unreachable' });
  await expect(ask({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
});
