import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Arrival, judge } from '@/worker/testing/invariants';
import { startOwnKafka, type TestKafka } from '@/worker/testing/kafka';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { DEFAULT_LIMITS } from './assignment';
import { bundledPipeline, PipelineProcess, TestStream } from './test-harness';

const PARTITIONS = 3;
/** More of them in `npm run chaos`, which has Kafka too. */
const KILLS = 2;
/** Messages in flight at a kill: the limit, a whole transaction above it, and a tombstone for each deletion among them. */
const MOST_DUPLICATES = 2 * (DEFAULT_LIMITS.maxInFlightEvents + 400);

let file: string;
let broker: TestKafka;
let catalog: TestDatabase;
let source: TestDatabase;
const until = (check: () => void | Promise<void>, timeout = 60_000) => vi.waitFor(check, { timeout, interval: 200 });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  [file, broker, catalog, source] = await Promise.all([
    bundledPipeline(),
    startOwnKafka({ 'num.partitions': String(PARTITIONS) }),
    catalogDatabase(),
    emptyDatabase(),
  ]);
});
afterAll(async () => {
  await Promise.all([broker.stop(), catalog.drop(), source.drop()]);
});

/** What a consumer of the topic sees, by partition, in order. */
class Topic {
  readonly partitions = new Map<number, (Arrival & { readonly offset: number })[]>();
  readonly ids = new Set<string>();
  private consumer: Consumer | null = null;

  constructor(
    private readonly client: Kafka,
    private readonly name: string,
  ) {}

  async follow(): Promise<void> {
    this.consumer = this.client.consumer({ groupId: randomUUID() });
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.name, fromBeginning: true });
    await this.consumer.run({ eachMessage: async ({ partition, message }) => this.note(partition, message) });
  }
  async close(): Promise<void> {
    await this.consumer?.disconnect();
  }
  get arrivals(): Arrival[] {
    return [...this.partitions.values()].flat();
  }

  private note(partition: number, { offset, key, value, headers }: KafkaMessage): void {
    const list = this.partitions.get(partition) ?? [];
    this.partitions.set(partition, list);
    // A consumer whose broker died may read a message again: that is not a message more.
    if (Number(offset) <= (list.at(-1)?.offset ?? -1)) return;
    const eventId = String(headers?.['spillway.id']);
    this.ids.add(eventId);
    list.push({ offset: Number(offset), eventId, key: key?.toString() ?? null, value: value === null ? null : JSON.parse(String(value)) });
  }
}

/** Each message once, as it first came, by key: `c`, `u`, `d`, and `t` for a tombstone. */
function firstByKey(arrivals: readonly Arrival[]): Map<string, string> {
  const seen = new Set<string>();
  const keys = new Map<string, string>();
  for (const { eventId, key, value } of arrivals) {
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    keys.set(String(key), `${keys.get(String(key)) ?? ''}${value?.op ?? 't'}`);
  }
  return keys;
}

it('loses nothing into a real Kafka and keeps every order, through kill -9 of the pipeline and of the broker under load', async () => {
  await createOracleTable(source.url, 't');
  const topic = `oracle-${randomUUID()}`;
  const brokers = broker.brokers.split(',');
  const stream = await TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl: source.url,
    table: 't',
    receiverUrl: '',
    kafka: { brokers, topic },
    recovery: { type: 'None' },
  });
  let pipeline = await PipelineProcess.start(file, stream);
  const oracle = new Oracle({ url: source.url, table: 't', seed: 77, keys: 300, pauseMs: 8 });
  const seen = new Topic(new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, retries: 30 } }), topic);
  const counted = () => ({ delivered: seen.arrivals.length, duplicates: seen.arrivals.length - seen.ids.size });
  let writing = true;
  try {
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
    const load = oracle.run(1_000_000, () => !writing);
    await until(() => expect(pipeline.stats?.totals.delivered).toBeGreaterThan(0));
    await seen.follow();
    const arriving = async () => {
      const before = seen.ids.size;
      await until(() => expect(seen.ids.size).toBeGreaterThan(before + 100));
    };
    await arriving();
    const recoveries: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(1_000);
      const at = Date.now();
      await pipeline.kill9();
      pipeline = await PipelineProcess.start(file, stream);
      await until(() => expect(pipeline.stats?.totals.delivered).toBeGreaterThan(0));
      await arriving();
      recoveries.push(Date.now() - at);
    }
    const ofPipeline = counted();
    const at = Date.now();
    await broker.kill9();
    await pause(1_000);
    await broker.restart();
    await arriving();
    const ofBroker = Date.now() - at;
    writing = false;
    await load;
    const changes = oracle.committed.length;
    const deletions = oracle.committed.filter(({ op }) => op === 'd').length;
    await until(() => expect(seen.ids.size).toBeGreaterThanOrEqual(changes + deletions));
    const verdict = judge(oracle.committed, seen.arrivals);
    expect(verdict.problems).toEqual([]);
    console.log(
      `Kafka: committed ${changes} and ${deletions} tombstones, delivered ${verdict.arrivals}, duplicates ${ofPipeline.duplicates} of ${KILLS} kills of the pipeline (recovery ${recoveries.join(', ')} ms) and ${verdict.duplicates - ofPipeline.duplicates} of the broker's kill (recovery ${ofBroker} ms)`,
    );
    expect(verdict.duplicates).toBeLessThanOrEqual((KILLS + 1) * MOST_DUPLICATES);
    expect(pipeline.running, 'the broker was an outage, no reason to end').toBe(true);
    expect(await stream.letters()).toEqual([]);
    // A key keeps to its partition, and behind each deletion comes its tombstone before anything else of the key.
    const partitionsOf = new Map<string, Set<number>>();
    for (const [partition, list] of seen.partitions)
      for (const { key } of list) partitionsOf.set(String(key), (partitionsOf.get(String(key)) ?? new Set()).add(partition));
    expect([...partitionsOf].filter(([, used]) => used.size !== 1)).toEqual([]);
    expect(seen.partitions.size).toBe(PARTITIONS);
    const histories = firstByKey(seen.arrivals);
    expect([...histories].filter(([, history]) => history.replaceAll('dt', '').match(/[dt]/))).toEqual([]);
    expect([...histories.values()].join('').split('t').length - 1).toBe(deletions);
  } finally {
    writing = false;
    await seen.close();
    await oracle.close();
    await pipeline.kill9();
    await stream.dispose();
  }
});
