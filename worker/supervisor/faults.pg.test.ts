import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** What the worker does when something goes wrong around it. Each test has a stream of its own on a table of its own. */
let fixture: CatalogFixture;
let source: TestDatabase;
let shop: pg.Client;
let compiled: CompiledWorker;
let worker: RunningWorker;

beforeAll(async () => {
  fixture = await catalogFixture();
  source = await emptyDatabase();
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Client({ connectionString: source.url });
  await shop.connect();
  await fixture.addSource('shop', source.url);
  // Not in the catalog: the sink has to work while the catalog is away.
  await fixture.addEventLogTarget('log', source.url);
  worker = compiled.start({ catalogUrl: fixture.url });
});

afterAll(async () => {
  await compiled.remove();
  const walsenders = `SELECT 1 FROM pg_stat_replication WHERE application_name LIKE 'spillway:%'`;
  await until('the pipelines to notice', async () => (await shop.query(walsenders)).rowCount === 0);
  await shop.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()`);
  await shop.end();
  await fixture.drop();
  await source.drop();
});

const until = (what: string, check: () => Promise<boolean>, seconds?: number) =>
  untilOrThrow(
    what,
    check,
    async () => `${JSON.stringify(await fixture.sql('SELECT name, state, state_reason FROM stream'))}\n${worker.output().slice(-3000)}`,
    seconds,
  );

async function newStream(name: string): Promise<{ id: string; slot: () => Promise<string> }> {
  await shop.query(`CREATE TABLE ${name} (id int PRIMARY KEY, note text); INSERT INTO ${name} VALUES (1, 'first')`);
  const id = await fixture.addApprovedStream(specFor(name, 'shop', name, 'log'));
  await until('streaming', stateIs(id, 'streaming'));
  await until('the first row', arrived(name, 1));
  await until('the end of the snapshot', async () => (await provisionOf(id)).snapshot_state === 'done');
  return { id, slot: async () => String((await provisionOf(id)).slot_name) };
}

const stateIs = (id: string, state: string) => async () =>
  (await fixture.sql('SELECT 1 FROM stream WHERE id = $1 AND state = $2', [id, state])).length === 1;
/** ms from a time of the source's clock until the timeline has this state: both servers run here, so their clocks are one. */
const msUntil = async (id: string, state: string, from: Date) => {
  const rows = await fixture.sql<{ at: Date }>('SELECT at FROM stream_event WHERE stream_id = $1 AND to_state = $2 AND at >= $3', [
    id,
    state,
    from,
  ]);
  return Number(rows[0]?.at) - Number(from);
};
const provisionOf = async (id: string) => (await fixture.sql('SELECT * FROM provision WHERE stream_id = $1', [id]))[0] ?? {};
const streamOf = async (id: string) => (await fixture.sql('SELECT * FROM stream WHERE id = $1', [id]))[0] ?? {};
const arrived = (table: string, id: number) => async () => {
  const found = await shop.query(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS there`);
  if (!found.rows[0]?.there) return false;
  const rows = await shop.query(`SELECT 1 FROM spillway.event_log WHERE table_name = $1 AND payload #>> '{after,id}' = $2`, [
    table,
    String(id),
  ]);
  return rows.rows.length > 0;
};
const walsenderOf = async (id: string) =>
  (await shop.query(`SELECT pid, application_name FROM pg_stat_replication WHERE application_name LIKE $1`, [`spillway:${id}:%`])).rows;

test('a slot dropped behind our back is named within 10 s, with its reason, and nothing is made anew until a person acts', async () => {
  const { id, slot } = await newStream('dropped');
  const name = await slot();
  // In one transaction, so that the pipeline cannot take the slot again in between.
  await until('the slot to be free and dropped', async () => {
    await shop.query(`SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active`, [name]);
    return shop.query('SELECT pg_drop_replication_slot($1)', [name]).then(
      () => true,
      () => false,
    );
  });
  const droppedAt = (await shop.query<{ now: Date }>('SELECT clock_timestamp() AS now')).rows[0]?.now ?? new Date(0);
  await until('slot_lost', stateIs(id, 'slot_lost'));
  expect(await msUntil(id, 'slot_lost', droppedAt)).toBeLessThan(10_000);
  const stream = await streamOf(id);
  expect(stream.state_reason).toContain(name);
  expect(stream.error_kind).toBe('slot_lost');
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await shop.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1', [name])).rows).toEqual([]);
  expect((await streamOf(id)).state).toBe('slot_lost');
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = $1`, [id]);
  await until('retired', stateIs(id, 'retired'));
});

test('an approved new source part drops the old slot and makes a new one', async () => {
  const { id } = await newStream('changing');
  const before = await provisionOf(id);
  await shop.query('CREATE TABLE changed (id int PRIMARY KEY, note text)');
  const spec = specFor('changing', 'shop', 'changed', 'log', 'no_data');
  await fixture.revise(id, spec, true);
  await until(
    'the new provision',
    async () => (await provisionOf(id)).source_hash !== before.source_hash && (await provisionOf(id)).consistent_point !== null,
  );
  await shop.query(`INSERT INTO changed VALUES (7, 'new table')`);
  await until('a row of the new table', arrived('changed', 7));
  const tables = await shop.query('SELECT tablename FROM pg_publication_tables WHERE pubname = $1', [before.publication_name]);
  expect(tables.rows).toEqual([{ tablename: 'changed' }]);
});

test('a revision of the same source part replaces the pipeline and keeps the slot', async () => {
  const { id } = await newStream('revised');
  const before = await provisionOf(id);
  const [walsender] = await walsenderOf(id);
  const spec = { ...specFor('revised', 'shop', 'revised', 'log'), recovery: { type: 'Ignore' as const, maxAttempts: 2 } };
  await fixture.revise(id, spec, false);
  await until('another process', async () => {
    const [now] = await walsenderOf(id);
    return now !== undefined && now.application_name !== walsender?.application_name;
  });
  await shop.query(`INSERT INTO revised VALUES (2, 'after')`);
  await until('the row after', arrived('revised', 2));
  expect((await provisionOf(id)).consistent_point).toBe(before.consistent_point);
});

test('a table that cannot be published stops at the preflight, with the remedy, and goes on once a person mended it', async () => {
  await shop.query(`CREATE TABLE keyless (id int, note text)`);
  const id = await fixture.addApprovedStream(specFor('keyless', 'shop', 'keyless', 'log', 'no_data'));
  await until('failed', stateIs(id, 'failed'));
  const stream = await streamOf(id);
  expect(stream.error_kind).toBe('source_not_ready');
  expect(JSON.stringify(stream.state_detail)).toContain('ALTER TABLE');
  expect((await shop.query(`SELECT 1 FROM pg_publication WHERE pubname LIKE '%keyless%'`)).rows).toEqual([]);
  await shop.query('ALTER TABLE keyless ADD PRIMARY KEY (id)');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect((await streamOf(id)).state, 'only a person starts it again').toBe('failed');
  await fixture.sql('UPDATE stream SET restart_nonce = restart_nonce + 1 WHERE id = $1', [id]);
  await until('streaming', stateIs(id, 'streaming'));
});

test('a drop that fails is shown with its reason and tried again until nothing is left', async () => {
  const { id, slot } = await newStream('leaving');
  const name = await slot();
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [id]);
  await until('paused', stateIs(id, 'paused'));
  // A foreign reader holds the slot: it must not be ended by us.
  const foreign = new pg.Client({
    connectionString: source.url,
    application_name: 'somebody else',
    replication: 'database',
  } as pg.ClientConfig);
  foreign.on('error', () => undefined);
  await foreign.connect();
  foreign.query(`START_REPLICATION SLOT ${name} LOGICAL 0/0 (proto_version '1', publication_names '"${name}"')`).catch(() => undefined);
  await until(
    'the foreign reader',
    async () => (await shop.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND active', [name])).rowCount === 1,
  );
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = $1`, [id]);
  await until('the reason', async () => String((await streamOf(id)).state_reason).includes('somebody else'));
  expect((await streamOf(id)).state).toBe('retiring');
  await foreign.end().catch(() => undefined);
  (foreign as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await until('retired', stateIs(id, 'retired'));
  expect((await provisionOf(id)).drop_proof).toMatchObject({ slots: 0, publications: 0, walsenders: 0 });
});

test('retained WAL of a paused stream is told once a level and cleared when it falls, and so is the loss of its slot', async () => {
  const { id, slot } = await newStream('budgeted');
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [id]);
  await until('paused', stateIs(id, 'paused'));
  await shop.query(`INSERT INTO budgeted SELECT n, repeat('x', 500) FROM generate_series(2, 3000) n`);
  await until(
    'retained WAL',
    async () =>
      Number((await fixture.sql('SELECT retained_bytes FROM slot_observation WHERE stream_id = $1', [id]))[0]?.retained_bytes) > 1e6,
  );
  await fixture.sql('UPDATE provision SET wal_budget_bytes = 1000000 WHERE stream_id = $1', [id]);
  await until('the notice', async () => JSON.stringify((await streamOf(id)).state_detail ?? {}).includes('"level":100'));
  expect((await streamOf(id)).state, 'the state is as it was').toBe('paused');
  await fixture.sql('UPDATE provision SET wal_budget_bytes = 1000000000000 WHERE stream_id = $1', [id]);
  await until('the end of the notice', async () => !JSON.stringify((await streamOf(id)).state_detail ?? {}).includes('walNotice'));
  const told = await fixture.sql(`SELECT reason FROM stream_event WHERE stream_id = $1 AND actor = 'wal monitor' ORDER BY id`, [id]);
  expect(told.map((event) => String(event.reason).split(':')[0])).toEqual([
    'The WAL budget is used up',
    'Retained WAL is back under half of its budget',
  ]);
  await shop.query('SELECT pg_drop_replication_slot($1)', [await slot()]);
  await until('slot_lost', stateIs(id, 'slot_lost'));
  expect((await streamOf(id)).state_reason).toContain('somebody dropped it');
});

test('a stopped catalog stops no stream, and the worker goes on where it was once it is back', async () => {
  const { id } = await newStream('outage');
  const [before] = await walsenderOf(id);
  const server = new pg.Client({ connectionString: source.url });
  await server.connect();
  const name = new URL(fixture.url).pathname.slice(1);
  await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'spillway%'`, [
    name,
  ]);
  await shop.query(`INSERT INTO outage VALUES (2, 'without a catalog')`);
  await until('the row of the outage', arrived('outage', 2));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect((await walsenderOf(id))[0], 'the same process, the same epoch').toEqual(before);
  await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await server.end();
  const newStreamId = await fixture.addApprovedStream(specFor('after-outage', 'shop', 'outage', 'log', 'no_data'));
  await until('a stream approved after it', stateIs(newStreamId, 'streaming'));
  expect((await walsenderOf(id))[0]).toEqual(before);
  expect(worker.output()).toContain('the catalog is away');
});

test('a lease that another worker took stops ours at once; a second worker takes over when it expires', async () => {
  const { id } = await newStream('leased');
  await fixture.sql(
    `UPDATE stream_lease SET worker_id = 'worker-2', epoch = epoch + 1, expires_at = now() + interval '10 minutes' WHERE stream_id = $1`,
    [id],
  );
  await until('our pipeline to be gone', async () => (await walsenderOf(id)).length === 0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await walsenderOf(id), 'nobody else starts it').toEqual([]);
  const second = compiled.start({ catalogUrl: fixture.url, workerId: 'worker-2' });
  await until('the owner to run it', async () => (await walsenderOf(id)).length === 1);
  await second.end('SIGKILL');
  await fixture.sql(`UPDATE stream_lease SET expires_at = now() - interval '1 second' WHERE stream_id = $1`, [id]);
  await shop.query(`INSERT INTO leased VALUES (2, 'taken over')`);
  await until('the row after the takeover', arrived('leased', 2));
  const owner = async () => (await fixture.sql('SELECT worker_id FROM stream_lease WHERE stream_id = $1', [id]))[0]?.worker_id;
  await until('the first worker to own it again', async () => (await owner()) === 'test-worker');
  await until('one walsender', async () => (await walsenderOf(id)).length === 1);
});
