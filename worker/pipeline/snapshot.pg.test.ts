import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Arrival, lastWriteWins } from '@/worker/testing/invariants';
import { createOracleTable, randomOf } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, startPostgres, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, type StreamOptions, TestStream } from './test-harness';

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
/** A stream of another server is gone with it. */
let disposed = false;
let sql: pg.Client;
const processes: PipelineProcess[] = [];

const CHUNK = 1_000;
const until = (check: () => void | Promise<void>, timeout = 90_000) => vi.waitFor(check, { timeout, interval: 50 });

async function declare(more: Partial<StreamOptions> = {}): Promise<void> {
  stream = await TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl: source.url,
    table: 't',
    receiverUrl: receiver.url,
    snapshot: 'initial',
    ...more,
  });
}
async function start(env: Record<string, string> = {}): Promise<PipelineProcess> {
  const started = await PipelineProcess.start(file, stream, env);
  processes.push(started);
  return started;
}
const done = (pipeline: PipelineProcess) => pipeline.messages.find((message) => message.type === 'snapshot' && message.state === 'done');
const streaming = (pipeline: PipelineProcess) => until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
const reads = (arrivals: readonly Arrival[]) => arrivals.filter(({ value }) => value?.op === 'r');
const fill = (rows: number, width = 20) =>
  sql.query(`insert into t select n, 0, repeat('x', ${width}) from generate_series(1, ${rows}) n`).then(() => sql.query('analyze t'));

/** The state at the sink is the table's, and no key ever went back to an older version on a first delivery. */
async function expectSameAsTable(): Promise<void> {
  const { rows } = await sql.query<{ id: number; version: number }>('select id, version from t');
  const table = new Map(rows.map(({ id, version }) => [id, version]));
  await until(() => {
    const state = lastWriteWins(receiver.arrivals);
    const differing = [...new Set([...state.keys(), ...table.keys()])].filter((id) => state.get(id) !== table.get(id));
    expect(differing).toEqual([]);
  });
  const seen = new Set<string>();
  const versions = new Map<string, number>();
  const back: string[] = [];
  for (const { eventId, key, value } of receiver.arrivals) {
    if (seen.has(eventId) || !value?.after || key === null) continue;
    seen.add(eventId);
    const before = versions.get(key) ?? -1;
    if (value.after.version < before) back.push(`${key}: ${before} → ${value.after.version} (${value.op})`);
    versions.set(key, value.after.version);
  }
  expect(back).toEqual([]);
}

beforeAll(async () => {
  file = await bundledPipeline();
});
beforeEach(async () => {
  disposed = false;
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await createOracleTable(source.url, 't');
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill9()));
  await sql.end();
  if (!disposed) await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

describe('existing rows in chunks', () => {
  it('end as the table stands and never overtake a newer change, whatever others write meanwhile', async () => {
    await fill(6_000);
    await sql.query(`update t set large = repeat(md5(id::text), 300) where id % 40 = 0`);
    await declare();
    const pipeline = await start();
    const random = randomOf(2026);
    let writing = true;
    let version = 0;
    const writers = Array.from({ length: 8 }, async () => {
      const client = new pg.Client({ connectionString: source.url });
      await client.connect();
      while (writing) {
        const id = 1 + Math.floor(random() * 6_300);
        const dice = random();
        const next = ++version;
        if (dice < 0.6) await client.query(`update t set version = greatest(version, $2::int) where id = $1`, [id, next]);
        else if (dice < 0.75) await client.query('delete from t where id = $1', [id]);
        else {
          await client.query(
            `insert into t values ($1, $2, 'new') on conflict (id) do update set version = greatest(t.version, excluded.version)`,
            [id, next],
          );
        }
      }
      await client.end();
    });
    await until(() => expect(done(pipeline)).toBeDefined());
    await until(() => expect(version).toBeGreaterThan(500));
    writing = false;
    await Promise.all(writers);
    await expectSameAsTable();
    expect(receiver.arrivals.some(({ value }) => value?.op === 'u')).toBe(true);
    // What an update left out because it did not change, the read row brings.
    const large = new Map<string, unknown>();
    for (const { key, value } of receiver.arrivals) {
      const told = (value?.after as { large?: string } | null)?.large;
      if (value === null || told !== '__debezium_unavailable_value') large.set(String(key), told);
    }
    const { rows } = await sql.query<{ id: number; large: string }>('select id, large from t where large is not null');
    expect(rows.filter((row) => large.get(`{"id":${row.id}}`) !== row.large).map(({ id }) => id)).toEqual([]);
  });

  it('go on behind the last settled chunk after each kill -9: at most two chunks come twice', async () => {
    const rows = 50_000;
    await fill(rows);
    await declare();
    const random = randomOf(41);
    let pipeline = await start();
    const kills = 3;
    for (let kill = 0; kill < kills; kill++) {
      const before = receiver.arrivals.length;
      // However late the kill comes on a busy machine, there is something left to read for the next one.
      const most = before + 10_000;
      receiver.judge = () => (receiver.arrivals.length < most ? 200 : 503);
      await until(() => expect(receiver.arrivals.length).toBeGreaterThan(before + 2_500 + random() * 3_000));
      await pipeline.kill9();
      pipeline = await start();
    }
    receiver.judge = () => 200;
    await sql.query('update t set version = 7 where id in (1, 25000, 50000)');
    await sql.query('delete from t where id = 2');
    await until(() => expect(done(pipeline)).toBeDefined());
    await expectSameAsTable();
    const ids = new Set(receiver.arrivals.map(({ eventId }) => eventId));
    expect(receiver.arrivals.length - ids.size).toBeLessThanOrEqual(kills * 2 * CHUNK);
    // The same chunk has the same events.
    expect(reads(receiver.arrivals).length).toBeLessThanOrEqual(rows + kills * 2 * CHUNK);
    const [progress] = await stream.query('select rows_done::int as rows, finished_at is not null as finished from stream_snapshot');
    expect(progress).toMatchObject({ finished: true });
    expect(Number(progress?.rows)).toBeGreaterThanOrEqual(rows - 2);
    expect(Number(progress?.rows)).toBeLessThanOrEqual(rows);
    expect(await stream.query('select snapshot_state from provision')).toEqual([{ snapshot_state: 'done' }]);
  });

  it('let changes through meanwhile, and wait when the sink is down instead of filling the memory', async () => {
    await fill(20_000, 500);
    await declare();
    receiver.judge = ({ value }) => (value?.after?.id === 1_500 ? 503 : 200);
    const pipeline = await start();
    await until(() => expect(receiver.arrivals.length).toBeGreaterThanOrEqual(CHUNK));
    await sql.query(`insert into t values (90000, 1, 'live')`);
    // One chunk is settled, the next one waits for the sink, and the change is behind it.
    await until(() => expect(pipeline.stats?.totals.decoded).toBe(2 * CHUNK + 1));
    await until(async () => expect(await stream.query('select chunk from stream_snapshot')).toEqual([{ chunk: 1 }]));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(pipeline.states).toContain('snapshotting');
    expect(done(pipeline)).toBeUndefined();
    expect(pipeline.stats?.inFlightEvents).toBeLessThanOrEqual(CHUNK + 100);
    expect(pipeline.stats?.totals.decoded).toBe(2 * CHUNK + 1);
    expect(await stream.query('select chunk from stream_snapshot')).toEqual([{ chunk: 1 }]);
    receiver.judge = () => 200;
    await streaming(pipeline);
    const live = receiver.arrivals.findIndex(({ key }) => key === '{"id":90000}');
    expect(live).toBeGreaterThan(0);
    expect(live).toBeLessThan(19_000);
    await expectSameAsTable();
  });

  it('leave a table without a key to one pass, which starts over after a kill', async () => {
    await sql.query('alter table t drop constraint t_pkey; alter table t replica identity full');
    await fill(3_000);
    await declare();
    const first = await start({ FAILPOINTS: 'after_send=kill@10' });
    await until(() => expect(first.running).toBe(false));
    const second = await start();
    await streaming(second);
    expect(done(second)).toMatchObject({ rows: 3_000 });
    expect(second.messages.find((message) => message.type === 'state' && message.state === 'snapshotting')).toMatchObject({
      reason: expect.stringContaining('no key'),
    });
    expect(await stream.query('select count(*)::int as rows from stream_snapshot')).toEqual([{ rows: 0 }]);
  });

  it('are not read in a state older than what was streamed: a commit that the stream knows and the server does not show yet', async () => {
    // A commit is streamed once it is in the WAL, and shown once a standby has it too: here there is none, so it is never shown.
    const server = await startPostgres();
    try {
      const own = { url: server.urlOf('postgres') };
      await createOracleTable(own.url, 't');
      const admin = new pg.Client({ connectionString: own.url });
      await admin.connect();
      await admin.query(`insert into t select n, 0, 'old' from generate_series(1, 3000) n`);
      await admin.query(`alter role postgres set synchronous_commit = local`);
      await admin.query(`alter system set synchronous_standby_names = 'nobody'`);
      await admin.query('select pg_reload_conf()');
      // The row is of the third chunk, which is not read before the first is settled: its change came before the mark it is read behind.
      receiver.judge = ({ value }) => (value?.after?.id === 500 ? 503 : 200);
      await declare({ sourceUrl: own.url });
      const pipeline = await start();
      await until(() => expect(receiver.arrivals.length).toBeGreaterThan(300));
      const writer = new pg.Client({ connectionString: own.url });
      writer.on('error', () => undefined);
      await writer.connect();
      await writer.query('set synchronous_commit = on');
      const hanging = writer.query('update t set version = 5 where id = 2500').catch(() => undefined);
      await until(async () => expect(pipeline.stats?.totals.decoded).toBe(1_001));
      expect((await admin.query('select version from t where id = 2500')).rows).toEqual([{ version: 0 }]);
      receiver.judge = () => 200;
      await until(() => expect(done(pipeline)).toBeDefined());
      expect((await admin.query('select version from t where id = 2500')).rows).toEqual([{ version: 0 }]);
      const versions = receiver.arrivals.filter(({ key }) => key === '{"id":2500}').map(({ value }) => value?.after?.version);
      expect(versions).toEqual([5]);
      expect(reads(receiver.arrivals)).toHaveLength(2_999);
      await admin.query('select pg_cancel_backend(pid) from pg_stat_activity where wait_event = $1', ['SyncRep']);
      await hanging;
      await Promise.all([writer.end(), admin.end()]);
      await pipeline.kill9();
      await stream.dispose();
      disposed = true;
    } finally {
      await server.stop();
    }
  });
});
