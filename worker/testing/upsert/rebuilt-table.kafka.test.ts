import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DEBEZIUM_DEFAULTS, type DebeziumEnvelopeSpec } from '@/core/spec/flow';
import { bundledPipeline, PipelineProcess, TestStream } from '@/worker/pipeline/test-harness';
import { startKafka, type TestKafka } from '../kafka';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '../postgres';
import { UpsertConsumer } from './upsert-consumer';
import { rowsOf, TABLE, Writer } from './written-table';

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

let file: string;
let broker: TestKafka;
let catalog: TestDatabase;
beforeAll(async () => {
  [file, broker, catalog] = await Promise.all([bundledPipeline(), startKafka(), catalogDatabase()]);
});
afterAll(async () => {
  await Promise.all([broker.stop(), catalog.drop()]);
});

/** The first few rows that are not the same, as far as they can be read. */
function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  const [left, right] = [new Set(ours), new Set(theirs)];
  const only = (side: string, rows: readonly string[], others: ReadonlySet<string>) =>
    rows.filter((row) => !others.has(row)).map((row) => `${side}: ${row.slice(0, 300)}`);
  const found = [...only('rebuilt', ours, right), ...only('source', theirs, left)];
  return found.length > 0 || ours.join('\n') === theirs.join('\n') ? found.sort().slice(0, 10) : ['the same rows in another order'];
}

/** What is out of line and unchanged has to come from somewhere when a key changes: the old row, or the table. */
it.each<[string, Partial<DebeziumEnvelopeSpec>, string]>([
  ['replica identity full', {}, 'alter table account replica identity full'],
  ['the default replica identity and unchangedToast: reselect', { unchangedToast: 'reselect' }, ''],
])('a consumer that knows only the topic rebuilds the table byte for byte, under load and kill -9, with %s', async (_, modes, identity) => {
  const [source, target] = await Promise.all([emptyDatabase(), emptyDatabase()]);
  const [read, written] = [source, target].map(({ url }) => new pg.Client({ connectionString: url })) as [pg.Client, pg.Client];
  await Promise.all([read.connect(), written.connect()]);
  await Promise.all([read.query(`${TABLE}; ${identity}`), written.query(TABLE)]);
  const topic = `rebuilt-${randomUUID()}`;
  const brokers = broker.brokers.split(',');
  const stream = await TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl: source.url,
    table: 'account',
    receiverUrl: '',
    kafka: { brokers, topic, sink: { partitions: 3 } },
    snapshot: 'initial',
    recovery: { type: 'None' },
  });
  const assigned = {
    assignment: async () => {
      const made = await stream.assignment();
      return { ...made, spec: { ...made.spec, flow: { ...DEBEZIUM_DEFAULTS, intervalHandlingMode: 'string' as const, ...modes } } };
    },
  };
  const writer = new Writer(read, 20261121);
  for (let rows = 0; rows < 40; rows++) await writer.transaction();
  let pipeline = await PipelineProcess.start(file, assigned);
  let consumer: UpsertConsumer | null = null;
  let isWriting = true;
  try {
    await until(() => expect(pipeline.stats?.totals.delivered).toBeGreaterThan(0));
    const load = (async () => {
      while (isWriting) await writer.transaction();
    })();
    consumer = await UpsertConsumer.start({ brokers, topic, groupId: randomUUID(), url: target.url, table: 'account' });
    const { seen } = consumer;
    const taken = (count: number) => until(() => expect(seen.upserts).toBeGreaterThan(count));
    await taken(200);
    await pipeline.kill9();
    pipeline = await PipelineProcess.start(file, assigned);
    await taken(seen.upserts + 150);
    isWriting = false;
    await load;
    // All is delivered and confirmed, and the consumer has read it: from here on nothing changes any more.
    const { rows } = await read.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
    const confirmed = 'select 1 from pg_replication_slots where slot_name = $1 and confirmed_flush_lsn >= $2::pg_lsn';
    await until(async () => expect((await read.query(confirmed, [stream.slotName, rows[0]?.lsn])).rowCount).toBe(1));
    await until(async () => expect(await consumer?.isAtEnd()).toBe(true));
    const [theirs, ours] = await Promise.all([rowsOf(read), rowsOf(written)]);
    expect(differences(ours, theirs)).toEqual([]);
    expect(theirs.length).toBeGreaterThan(50);
    expect(Math.min(...Object.values(writer.counts), seen.deletes, seen.tombstones)).toBeGreaterThan(0);
    console.log(`rebuilt ${ours.length} rows from ${JSON.stringify(seen)} of ${JSON.stringify(writer.counts)} and a kill -9`);
  } finally {
    isWriting = false;
    await consumer?.stop();
    await pipeline.kill9();
    await stream.dispose();
    await Promise.all([read.end(), written.end()]);
    await Promise.all([source.drop(), target.drop()]);
  }
});
