import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Arrival, judge } from '@/worker/testing/invariants';
import { startKafka, type TestKafka } from '@/worker/testing/kafka';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, TestStream } from './test-harness';

/** More of them by hand: EXACTLY_ONCE_KILLS=50 npx vitest run --project kafka worker/pipeline/exactly-once */
const KILLS = Number(process.env.EXACTLY_ONCE_KILLS ?? 2);

let file: string;
let broker: TestKafka;
let catalog: TestDatabase;
let source: TestDatabase;
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 100 });

beforeAll(async () => {
  [file, broker, catalog, source] = await Promise.all([bundledPipeline(), startKafka(), catalogDatabase(), emptyDatabase()]);
});
afterAll(async () => {
  await Promise.all([broker.stop(), catalog.drop(), source.drop()]);
});

/** All that a read_committed consumer sees, in the order of each partition. */
class Committed {
  readonly arrivals: (Arrival & { readonly partition: number; readonly snapshot: boolean })[] = [];
  readonly ids = new Set<string>();
  private readonly read = new Map<number, bigint>();
  private readonly consumer: Consumer;
  constructor(
    brokers: string[],
    private readonly topic: string,
  ) {
    const client = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, retries: 30 } });
    this.consumer = client.consumer({ groupId: randomUUID(), readUncommitted: false });
  }

  async follow(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ partition, message: { offset, key, value, headers } }) => {
        // A consumer that joins its group anew reads from its last commit: the same record is no second one.
        if (BigInt(offset) <= (this.read.get(partition) ?? -1n)) return;
        this.read.set(partition, BigInt(offset));
        const eventId = String(headers?.['spillway.id']);
        this.ids.add(eventId);
        const snapshot = String(headers?.['spillway.op']) === 'r';
        this.arrivals.push({ partition, snapshot, eventId, key: key?.toString() ?? null, value: value && JSON.parse(String(value)) });
      },
    });
  }
  close = () => this.consumer.disconnect();
}

async function streamInto(table: string, topic: string, part: { snapshot?: 'initial'; batch?: number } = {}): Promise<TestStream> {
  return TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl: source.url,
    table,
    receiverUrl: '',
    kafka: { brokers: broker.brokers.split(','), topic, sink: { delivery: 'exactly_once', partitions: 3 } },
    recovery: { type: 'DeadLetter', maxAttempts: 2, keyOrder: 'park', maxOpen: 100 },
    ...part,
  });
}

it('delivers each change exactly once to a read_committed consumer, in order per key, under kill -9 at random and right behind the commit', async () => {
  await createOracleTable(source.url, 't');
  const topic = `exactly-once-${randomUUID()}`;
  const stream = await streamInto('t', topic);
  let pipeline = await PipelineProcess.start(file, stream);
  const oracle = new Oracle({ url: source.url, table: 't', seed: 4711, keys: 200, pauseMs: 4 });
  const seen = new Committed(broker.brokers.split(','), topic);
  let writing = true;
  try {
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
    const load = oracle.run(1_000_000, () => !writing);
    await until(() => expect(pipeline.stats?.totals.delivered).toBeGreaterThan(0));
    await seen.follow();
    for (let kill = 0; kill < KILLS; kill++) {
      const before = seen.ids.size;
      await until(() => expect(seen.ids.size).toBeGreaterThan(before + 150));
      await pipeline.kill9();
      // Every other time it dies again by itself: its transaction is committed and nothing was confirmed to the source.
      if (kill % 2 === 1) {
        const dying = await PipelineProcess.start(file, stream, { FAILPOINTS: 'after_send=kill@3' });
        await dying.exited;
      }
      pipeline = await PipelineProcess.start(file, stream);
    }
    writing = false;
    await load;
    const changes = oracle.committed.length;
    const deletions = oracle.committed.filter(({ op }) => op === 'd').length;
    await until(() => expect(seen.ids.size).toBeGreaterThanOrEqual(changes + deletions));
    const verdict = judge(oracle.committed, seen.arrivals);
    console.log(
      `exactly once: ${changes} changes and ${deletions} tombstones, ${verdict.arrivals} arrivals, ${verdict.duplicates} duplicates, ${KILLS} kills (EXACTLY_ONCE_KILLS for more)`,
    );
    expect(verdict.problems).toEqual([]);
    expect(verdict.duplicates).toBe(0);
    expect(seen.arrivals).toHaveLength(changes + deletions);
  } finally {
    writing = false;
    await seen.close();
    await oracle.close();
    await pipeline.kill9();
    await stream.dispose();
  }
});

it('rows of a snapshot may come again under their id when it is killed; changes beside them do not', async () => {
  const sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  await sql.query('create table s (id int primary key, version int); insert into s select n, 0 from generate_series(1, 6000) n');
  const topic = `exactly-once-${randomUUID()}`;
  const stream = await streamInto('s', topic, { snapshot: 'initial' });
  const seen = new Committed(broker.brokers.split(','), topic);
  let pipeline = await PipelineProcess.start(file, stream);
  try {
    await until(() => expect(pipeline.stats?.totals.delivered).toBeGreaterThan(0));
    await sql.query('update s set version = 1 where id % 10 = 0');
    await pipeline.kill9();
    pipeline = await PipelineProcess.start(file, stream);
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
    await sql.query('insert into s values (7000, 7)');
    await seen.follow();
    await until(() => expect(seen.arrivals.some(({ key }) => key === '{"id":7000}')).toBe(true));
    await until(() => expect(new Set(seen.arrivals.map(({ key }) => key)).size).toBe(6001));
    const changes = seen.arrivals.filter(({ snapshot }) => !snapshot);
    expect(changes.length).toBe(new Set(changes.map(({ eventId }) => eventId)).size);
    // The last word on every row is its present state.
    const last = new Map(seen.arrivals.map(({ key, value }) => [key, value?.after?.version]));
    expect(
      [...last].filter(
        ([key, version]) =>
          version !== (Number(key?.match(/\d+/)?.[0]) % 10 === 0 && key !== '{"id":7000}' ? 1 : key === '{"id":7000}' ? 7 : 0),
      ),
    ).toEqual([]);
  } finally {
    await seen.close();
    await pipeline.kill9();
    await stream.dispose();
    await sql.end();
  }
});
