import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamSpec } from '@/core/spec/stream-spec';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** What the worker says of slots: why they lag, and why they are lost. On a server of its own, because its settings are changed. */
let fixture: CatalogFixture;
let server: TestPostgres;
let shop: pg.Client;
let compiled: CompiledWorker;
let worker: RunningWorker;
let silentSink: Server;

beforeAll(async () => {
  [fixture, server] = await Promise.all([catalogFixture(), startPostgres({ settings: { max_wal_size: '64MB', min_wal_size: '32MB' } })]);
  const url = await server.createDatabase('shop');
  compiled = await compileWorker(fixture.key.privateKey);
  shop = await connect(url);
  // Takes every request and never answers.
  silentSink = createServer(() => undefined).listen(0, '127.0.0.1');
  await fixture.addSource('shop', url);
  await fixture.addEventLogTarget('log');
  await fixture.addHttpTarget('silent', `http://127.0.0.1:${(silentSink.address() as AddressInfo).port}`);
  worker = compiled.start({ catalogUrl: fixture.url });
});

afterAll(async () => {
  await compiled.remove();
  silentSink.closeAllConnections();
  silentSink.close();
  await shop.end();
  await fixture.drop();
  await server.stop();
});

async function connect(url: string, applicationName?: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const until = (what: string, check: () => Promise<boolean>, seconds?: number) =>
  untilOrThrow(
    what,
    check,
    async () =>
      `${JSON.stringify(await fixture.sql('SELECT s.name, s.state, s.state_reason, o.verdict, o.wal_status FROM stream s LEFT JOIN slot_observation o ON o.stream_id = s.id'))}\n${worker.output().slice(-3000)}`,
    seconds,
  );
const stateIs = (id: string, state: string) => async () =>
  (await fixture.sql('SELECT 1 FROM stream WHERE id = $1 AND state = $2', [id, state])).length === 1;
const verdictOf = async (id: string) =>
  (
    await fixture.sql<{ verdict: { verdict: string; sentence: string } | null }>(
      'SELECT verdict FROM slot_observation WHERE stream_id = $1',
      [id],
    )
  )[0]?.verdict ?? null;
const verdictIs = (id: string, verdict: string) => async () => (await verdictOf(id))?.verdict === verdict;

async function newStream(name: string, http = false): Promise<string> {
  await shop.query(`CREATE TABLE ${name} (id int PRIMARY KEY, note text)`);
  const spec = specFor(name, 'shop', name, 'log', 'no_data');
  const declared = http ? streamSpec.parse({ ...spec, sink: { type: 'Http', target: 'silent' } }) : spec;
  const id = await fixture.addApprovedStream(declared);
  await until('streaming', stateIs(id, 'streaming'));
  return id;
}

test('the verdict names a slow sink, the process whose transaction is open, and nobody who reads', async () => {
  const [steady, slow] = [await newStream('steady'), await newStream('slow', true)];
  await until('a verdict', verdictIs(steady, 'caught_up'));
  const url = server.urlOf('shop');
  const holder = await connect(url, 'nightly-job');
  await holder.query('CREATE TABLE held (id int)');
  await holder.query('BEGIN; INSERT INTO held VALUES (1)');
  const pid = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  await shop.query(`INSERT INTO slow SELECT n, repeat('x', 200) FROM generate_series(1, 3000) n`);
  await until('the slow sink', verdictIs(slow, 'sink_slow'));
  expect((await verdictOf(slow))?.sentence).toMatch(/^The sink .*: \d+ events wait for it/);
  await until('the open transaction', verdictIs(steady, 'open_transaction'), 25);
  const told = (await verdictOf(steady))?.sentence ?? '';
  expect(told).toContain(`process ${pid} (nightly-job)`);
  expect(Number(/open for (\d+) s/.exec(told)?.[1])).toBeGreaterThanOrEqual(10);
  await holder.query('COMMIT');
  await holder.end();
  await until('the end of the transaction', verdictIs(steady, 'caught_up'));
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [steady]);
  await until('nobody', verdictIs(steady, 'worker_down'));
  expect((await verdictOf(steady))?.sentence).toContain('paused');
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = ANY($1)`, [[steady, slow]]);
  await until('retired', stateIs(slow, 'retired'));
});
