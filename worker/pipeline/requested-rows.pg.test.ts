import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import { lastWriteWins } from '@/worker/testing/invariants';
import { createOracleTable, randomOf } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sql: pg.Client;
const processes: PipelineProcess[] = [];

const until = (check: () => void | Promise<void>, timeout = 90_000) => vi.waitFor(check, { timeout, interval: 50 });
const reads = () => receiver.arrivals.filter(({ value }) => value?.op === 'r');
const readIds = () => new Set(reads().map(({ value }) => value?.after?.id));
const fill = (rows: number) =>
  sql.query(`insert into t select n, 0, 'row' from generate_series(1, ${rows}) n`).then(() => sql.query('analyze t'));

async function start(): Promise<PipelineProcess> {
  const started = await PipelineProcess.start(file, stream);
  processes.push(started);
  started.tell({ type: 'snapshot-request-changed' });
  return started;
}
/** As the verb leaves the catalog, and as the supervisor tells the pipeline. */
async function ask(scope: SnapshotScope, pipeline: PipelineProcess): Promise<string> {
  const id = randomUUID();
  await stream.query(`insert into snapshot_request (id, stream_id, scope, reason, requested_by) values ($1, $2, $3, 'test', 'a lead')`, [
    id,
    stream.id,
    JSON.stringify(scope),
  ]);
  pipeline.tell({ type: 'snapshot-request-changed' });
  return id;
}
async function decide(id: string, status: string, pipeline: PipelineProcess): Promise<void> {
  await stream.query('update snapshot_request set status = $2 where id = $1', [id, status]);
  pipeline.tell({ type: 'snapshot-request-changed' });
}
const requestOf = async (id: string) =>
  (
    await stream.query('select status, rows_done::int as rows, rows_total::int as total, note from snapshot_request where id = $1', [id])
  )[0];
const timeline = async () => (await stream.query('select reason from stream_event order by id')).map(({ reason }) => String(reason));

beforeAll(async () => {
  file = await bundledPipeline();
});
beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await createOracleTable(source.url, 't');
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl: receiver.url });
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill9()));
  await sql.end();
  await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

describe('rows that are read again while changes stream', () => {
  it('are all delivered after a kill -9 at 30 %, and none is older than an event of its key before it, whatever others write', async () => {
    const rows = 12_000;
    await fill(rows);
    let pipeline = await start();
    await until(() => expect(pipeline.states).toContain('streaming'));
    let writing = true;
    let version = 0;
    const random = randomOf(41);
    const writers = Array.from({ length: 4 }, async () => {
      const client = new pg.Client({ connectionString: source.url });
      await client.connect();
      while (writing) {
        const id = 1 + Math.floor(random() * (rows + 100));
        const dice = random();
        const next = ++version;
        if (dice < 0.7) await client.query('update t set version = greatest(version, $2::int) where id = $1', [id, next]);
        else if (dice < 0.8) await client.query('delete from t where id = $1', [id]);
        else {
          const upsert = 'on conflict (id) do update set version = greatest(t.version, excluded.version)';
          await client.query(`insert into t values ($1, $2, 'new') ${upsert}`, [id, next]);
        }
      }
      await client.end();
    });
    const id = await ask({ kind: 'table' }, pipeline);
    await until(() => expect(reads().length).toBeGreaterThan(rows * 0.3));
    await pipeline.kill9();
    pipeline = await start();
    await until(async () => expect(await requestOf(id)).toMatchObject({ status: 'done' }));
    writing = false;
    await Promise.all(writers);
    const table = new Map(
      (await sql.query<{ id: number; version: number }>('select id, version from t')).rows.map((row) => [row.id, row.version]),
    );
    await until(() => {
      const state = lastWriteWins(receiver.arrivals);
      expect([...table.keys()].filter((key) => state.get(key) !== table.get(key))).toEqual([]);
      expect([...state.keys()].filter((key) => !table.has(key))).toEqual([]);
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
    expect(version).toBeGreaterThan(300);
    // A chunk that is known to be settled is never read again, so the kill costs two at most.
    expect(reads().length).toBeLessThanOrEqual(rows + 100 + 2_000);
    expect(await timeline()).toEqual([expect.stringMatching(/^Reading the whole table again is done: \d+,\d{3} rows in /)]);
    expect(reads()[0]?.value).toMatchObject({ source: { snapshot: 'incremental' } });
  });

  it('are those of a range or a condition, each request with events of its own', async () => {
    await fill(3_000);
    const pipeline = await start();
    const range = await ask({ kind: 'range', from: ['500'], to: ['1999'] }, pipeline);
    await until(async () => expect(await requestOf(range)).toMatchObject({ status: 'done', rows: 1_500 }));
    expect(reads()).toHaveLength(1_500);
    expect(Math.min(...reads().map(({ value }) => value?.after?.id ?? 0))).toBe(500);
    const condition = await ask({ kind: 'condition', condition: `id % 2 = 0 and id <= 600` }, pipeline);
    await until(async () => expect(await requestOf(condition)).toMatchObject({ status: 'done', rows: 300 }));
    expect(reads()).toHaveLength(1_800);
    expect(new Set(reads().map(({ eventId }) => eventId)).size, 'a row read twice is two events').toBe(1_800);
    expect((await requestOf(condition))?.total, 'the planner guesses').toBeGreaterThan(0);
    // What holds when it is asked for may not hold for every row: the stream goes on.
    const failing = await ask({ kind: 'condition', condition: '10 / (id - 2500) < 0' }, pipeline);
    await until(async () => expect(await requestOf(failing)).toMatchObject({ status: 'failed' }));
    expect((await timeline()).at(-1)).toContain('has failed: Postgres could not read rows where 10 / (id - 2500) < 0 (SQLSTATE 22012)');
    await sql.query(`insert into t values (9000, 1, 'live')`);
    await until(() => expect(receiver.arrivals.some(({ key }) => key === '{"id":9000}')).toBe(true));
  });

  it('wait while paused, go on where they were, and end when cancelled; a table without a key is refused', async () => {
    await fill(20_000);
    const pipeline = await start();
    receiver.judge = ({ value }) => (value?.after?.id === 5_000 ? 503 : 200);
    const id = await ask({ kind: 'table' }, pipeline);
    await until(() => expect(reads().length).toBeGreaterThan(4_000));
    await decide(id, 'paused', pipeline);
    receiver.judge = () => 200;
    await until(() => expect(pipeline.stats?.snapshotWaitsFor).toBe('somebody to resume it'));
    const held = reads().length;
    expect(held).toBe(5_000);
    await sql.query(`insert into t values (90000, 1, 'live')`);
    await until(() => expect(receiver.arrivals.some(({ key }) => key === '{"id":90000}')).toBe(true));
    expect(reads().length).toBe(held);
    await decide(id, 'running', pipeline);
    await until(async () => expect(await requestOf(id)).toMatchObject({ status: 'done', total: 20_000 }));
    expect(readIds().size, 'nothing is read twice').toBe(reads().length);
    receiver.judge = ({ value }) => (value?.op === 'r' && value.after?.id === 7_000 ? 503 : 200);
    const cancelled = await ask({ kind: 'table' }, pipeline);
    await until(async () => expect(await requestOf(cancelled)).toMatchObject({ rows: 6_000 }));
    await decide(cancelled, 'cancelled', pipeline);
    receiver.judge = () => 200;
    const next = await ask({ kind: 'range', to: ['10'] }, pipeline);
    await until(async () => expect(await requestOf(next)).toMatchObject({ status: 'done' }));
    expect(await requestOf(cancelled)).toMatchObject({ status: 'cancelled', rows: 6_000 });
    await sql.query('alter table t drop constraint t_pkey; alter table t replica identity full');
    const keyless = await ask({ kind: 'table' }, pipeline);
    await until(async () => expect(await requestOf(keyless)).toMatchObject({ status: 'failed', note: expect.stringContaining('no key') }));
  });
});
