import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slotNameFor } from '@/core/postgres/identifiers';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** What a pipeline confirmed while the catalog was away is known to the supervisor, so that nobody else is blamed for it. */
let fixture: CatalogFixture;
let source: TestDatabase;
let shop: pg.Client;
let server: pg.Client;
let compiled: CompiledWorker;
let worker: RunningWorker;
let id: string;

beforeAll(async () => {
  [fixture, source] = await Promise.all([catalogFixture(), emptyDatabase()]);
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Client({ connectionString: source.url });
  server = new pg.Client({ connectionString: source.url });
  await Promise.all([shop.connect(), server.connect()]);
  await shop.query('CREATE TABLE orders (id int PRIMARY KEY, note text)');
  await fixture.addSource('shop', source.url);
  await fixture.addEventLogTarget('log', source.url);
  id = await fixture.addApprovedStream(specFor('orders', 'shop', 'orders', 'log', 'no_data'));
  worker = compiled.start({ catalogUrl: fixture.url });
});
afterAll(async () => {
  await compiled.remove();
  await shop.query('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active');
  await until('the slot to be free', async () => (await slot()).active === false);
  await shop.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()');
  await Promise.all([shop.end(), server.end()]);
  await fixture.drop();
  await source.drop();
});

const until = (what: string, check: () => Promise<boolean>, seconds = 90) =>
  untilOrThrow(
    what,
    check,
    async () => `${JSON.stringify(await fixture.sql('SELECT state, state_reason FROM stream'))}\n${worker.output().slice(-3000)}`,
    seconds,
  );
const slot = async () =>
  (
    await shop.query(
      `SELECT active, confirmed_flush_lsn::text AS lsn, confirmed_flush_lsn > $2::pg_lsn AS beyond FROM pg_replication_slots WHERE slot_name = $1`,
      [slotNameFor('orders', id), promised],
    )
  ).rows[0];
const streaming = async () => (await fixture.sql(`SELECT 1 FROM stream WHERE state = 'streaming'`)).length === 1;
const arrived = (key: number) => async () => {
  const made = await shop.query(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS made`);
  if (!made.rows[0].made) return false;
  return (await shop.query(`SELECT 1 FROM spillway.event_log WHERE key_text = $1`, [`{"id":${key}}`])).rows.length === 1;
};
let promised = '0/0';

test('a pipeline that dies after a long outage of the catalog is started again, and its own confirmations are not a mismatch', async () => {
  await until('streaming', streaming);
  await shop.query(`INSERT INTO orders VALUES (1, 'before')`);
  await until('the first row', arrived(1));
  const name = new URL(fixture.url).pathname.slice(1);
  const [recorded] = await fixture.sql<{ promised_lsn: string }>('SELECT promised_lsn FROM provision');
  promised = recorded?.promised_lsn ?? '0/0';
  await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [name]);
  // Beyond the promise: 16 MB ahead of what was settled when it was given.
  await shop.query(`SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000)) FROM generate_series(1, 40)`);
  await shop.query(`INSERT INTO orders VALUES (2, 'without a catalog')`);
  await untilOrThrow(
    'the slot beyond the promise',
    async () => (await slot()).beyond,
    async () => worker.output().slice(-3000),
    90,
  );
  const before = JSON.parse(
    worker
      .output()
      .split('\n')
      .filter((line) => line.includes('"pipeline started"'))
      .at(-1) ?? '{}',
  ) as { pid: number };
  process.kill(before.pid, 'SIGKILL');
  await shop.query(`INSERT INTO orders VALUES (3, 'while the pipeline is dead')`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await slot()).active, 'without the catalog nothing is started').toBe(false);
  await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await until('the row of the gap', arrived(3));
  await until('streaming again', streaming);
  expect(await fixture.sql(`SELECT reason FROM stream_event WHERE error_kind = 'position_mismatch'`)).toEqual([]);
  const kept = 'SELECT 1 FROM provision WHERE promised_lsn::pg_lsn >= $1::pg_lsn';
  await until(
    'the catalog to know it too, for a supervisor that starts later',
    async () => (await fixture.sql(kept, [(await slot()).lsn])).length === 1,
  );
});
