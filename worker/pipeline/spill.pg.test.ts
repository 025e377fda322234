import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { SPILL_DEFAULTS } from '@/core/spec/spill';
import { judge } from '@/worker/testing/invariants';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@/worker/testing/postgres';
import { DEFAULT_LIMITS } from './assignment';
import { bundledPipeline, PipelineProcess, Receiver, type StreamOptions, TestStream } from './test-harness';

/** The buffer is never on the source's own server, so the source has one of its own. */
let server: TestPostgres;
let file: string;
let catalog: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sourceUrl: string;
const processes: PipelineProcess[] = [];
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

async function declare(more: Partial<StreamOptions> = {}): Promise<void> {
  const spill = { ...SPILL_DEFAULTS, afterSeconds: 1 };
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl, table: 't', receiverUrl: receiver.url, spill, ...more });
}
async function start(env: Record<string, string> = {}): Promise<PipelineProcess> {
  const started = await PipelineProcess.start(file, stream, env);
  processes.push(started);
  return started;
}
const kept = async () =>
  Number((await stream.query('select coalesce(sum(events), 0)::int as n from spill_batch where stream_id = $1', [stream.id]))[0]?.n);
const state = (pipeline: PipelineProcess, wanted: string) => until(() => expect(pipeline.states.at(-1)).toBe(wanted));

beforeAll(async () => {
  [server, file] = await Promise.all([startPostgres(), bundledPipeline()]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  [catalog, receiver, sourceUrl] = await Promise.all([catalogDatabase(), Receiver.start(), server.createDatabase()]);
  await createOracleTable(sourceUrl, 't');
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill9()));
  await stream.dispose();
  await receiver.stop();
  await catalog.drop();
});

it.each([
  ['spill_insert=kill@3', 'spill_removed=kill'],
  ['spill_stored=kill@2', 'spill_switch=kill'],
  ['well', 'spill_drained=kill'],
  ['before_flush=kill@12', 'after_send=kill@3'],
])('loses nothing and keeps every order through kill -9 at %s while it spills and %s while it drains', async (spilling, draining) => {
  await declare();
  const oracle = new Oracle({ url: sourceUrl, table: 't', seed: 22, keys: 60, pauseMs: 2 });
  let writing = true;
  receiver.down = true;
  const first = await start(spilling === 'well' ? {} : { FAILPOINTS: spilling });
  await state(first, 'streaming');
  const load = oracle.run(100_000, () => !writing);
  if (spilling === 'well') {
    await until(async () => expect(await kept()).toBeGreaterThan(300));
    expect(first.states.at(-1)).toBe('spilling');
    await first.kill9();
  } else await until(() => expect(first.running).toBe(false));
  const second = await start(draining === 'well' ? {} : { FAILPOINTS: draining });
  await until(async () => expect(await kept()).toBeGreaterThan(300));
  receiver.down = false;
  if (draining !== 'well') {
    await until(() => expect(second.running).toBe(false));
    await start();
  }
  const last = processes.at(-1) as PipelineProcess;
  await state(last, 'streaming');
  writing = false;
  await load;
  await oracle.close();
  await until(() => expect(judge(oracle.committed, receiver.arrivals).problems).toEqual([]));
  expect(judge(oracle.committed, receiver.arrivals).duplicates).toBeLessThanOrEqual(2 * DEFAULT_LIMITS.maxInFlightEvents);
  expect(await kept()).toBe(0);
  expect(await last.stop()).toBe(0);
  const { decoded, delivered, filtered, spilled, ...rest } = last.stats?.totals ?? stream.totals;
  expect({ remainder: decoded - delivered - filtered, spilled, ...rest }).toMatchObject({ remainder: 0, spilled: 0, deadLettered: 0 });
});

it('keeps what is in the buffer over a clean stop, and delivers it once', async () => {
  await declare();
  receiver.down = true;
  const first = await start();
  await state(first, 'streaming');
  const oracle = new Oracle({ url: sourceUrl, table: 't', seed: 5 });
  await oracle.run(100);
  await oracle.close();
  await state(first, 'spilling');
  await until(() => expect(first.stats).toMatchObject({ inFlightEvents: 0, totals: { spilled: first.stats?.totals.decoded } }));
  expect(await first.stop()).toBe(0);
  receiver.down = false;
  const second = await start();
  await until(() => expect(judge(oracle.committed, receiver.arrivals).problems).toEqual([]));
  await state(second, 'streaming');
  expect(judge(oracle.committed, receiver.arrivals).duplicates).toBe(0);
});

it('refuses by name to keep the buffer on the server that it is to protect', async () => {
  const own = await emptyDatabase();
  onTestFinished(() => own.drop());
  sourceUrl = own.url;
  await createOracleTable(own.url, 't');
  await declare();
  receiver.down = true;
  const pipeline = await start();
  await state(pipeline, 'streaming');
  const oracle = new Oracle({ url: own.url, table: 't', seed: 5 });
  await oracle.run(20);
  await oracle.close();
  await until(() => expect(pipeline.messages).toContainEqual(expect.objectContaining({ reason: expect.stringMatching(/own server/) })));
  expect(await kept()).toBe(0);
  receiver.down = false;
  await until(() => expect(judge(oracle.committed, receiver.arrivals).problems).toEqual([]));
  await pipeline.stop();
});

it('does not wait once half of the WAL budget is used', async () => {
  await declare({ spill: { ...SPILL_DEFAULTS, afterSeconds: 3_600 } });
  receiver.down = true;
  const pipeline = await start();
  await state(pipeline, 'streaming');
  const sql = new pg.Client({ connectionString: sourceUrl });
  await sql.connect();
  await sql.query('insert into t select n, n from generate_series(1, 50) n');
  await sql.end();
  await state(pipeline, 'retrying');
  expect(await kept()).toBe(0);
  pipeline.tell({ type: 'wal', retainedBytes: 60, budgetBytes: 100 });
  await state(pipeline, 'spilling');
  await until(async () => expect(await kept()).toBe(50));
  receiver.down = false;
  await state(pipeline, 'streaming');
  expect(receiver.arrivals.map(({ value }) => value?.after?.id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(await pipeline.stop()).toBe(0);
});
