import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamSpec } from '@/core/spec/stream-spec';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** What the worker says of slots: why they lag, and why they are lost. On a server of its own, because its settings are changed. */
let fixture: CatalogFixture;
let server: TestPostgres;
let shop: pg.Pool;
let compiled: CompiledWorker;
let worker: RunningWorker;
let silentSink: Server;

beforeAll(async () => {
  [fixture, server] = await Promise.all([catalogFixture(), startPostgres({ settings: { max_wal_size: '64MB', min_wal_size: '32MB' } })]);
  const url = await server.createDatabase('shop');
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Pool({ connectionString: url, max: 4 });
  shop.on('error', () => undefined);
  // Takes every request and never answers.
  silentSink = createServer(() => undefined).listen(0, '127.0.0.1');
  await fixture.addSource('shop', url);
  await fixture.addEventLogTarget('log', url);
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
const streamOf = async (id: string) => (await fixture.sql('SELECT * FROM stream WHERE id = $1', [id]))[0] ?? {};
const slotOf = async (id: string) =>
  String((await fixture.sql('SELECT slot_name FROM provision WHERE stream_id = $1', [id]))[0]?.slot_name);
const want = (id: string, desired: string) => fixture.sql('UPDATE stream SET desired = $2::"DesiredState" WHERE id = $1', [id, desired]);
const noted = (id: string, text: string) => async () =>
  (await fixture.sql('SELECT 1 FROM stream_event WHERE stream_id = $1 AND position($2 in reason) > 0', [id, text])).length > 0;
const arrivals = async (table: string): Promise<string[]> => {
  const made = await shop.query<{ there: boolean }>(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS there`);
  if (!made.rows[0]?.there) return [];
  const rows = await shop.query<{ id: string }>(`SELECT payload #>> '{after,id}' AS id FROM spillway.event_log WHERE table_name = $1`, [
    table,
  ]);
  return rows.rows.map((row) => row.id);
};
const verdictOf = async (id: string) =>
  (
    await fixture.sql<{ verdict: { verdict: string; sentence: string } | null }>(
      'SELECT verdict FROM slot_observation WHERE stream_id = $1',
      [id],
    )
  )[0]?.verdict ?? null;
/** What is said with the verdict, at the moment at which it is seen first. */
async function sentenceOf(id: string, verdict: string): Promise<string> {
  let sentence: string | undefined;
  await until(verdict, async () => {
    const seen = await verdictOf(id);
    sentence = seen?.verdict === verdict ? seen.sentence : undefined;
    return sentence !== undefined;
  });
  return sentence ?? '';
}
const verdictIs = (id: string, verdict: string) => async () => (await verdictOf(id))?.verdict === verdict;

async function newStream(name: string, http = false): Promise<string> {
  await shop.query(`CREATE TABLE ${name} (id int PRIMARY KEY, note text)`);
  const spec = specFor(name.replaceAll('_', '-'), 'shop', name, 'log', 'no_data');
  const declared = http ? streamSpec.parse({ ...spec, sink: { type: 'Http', target: 'silent' } }) : spec;
  const id = await fixture.addApprovedStream(declared);
  await until('streaming', stateIs(id, 'streaming'));
  return id;
}

test.concurrent('the verdict names a slow sink, the process whose transaction is open, and nobody who reads', async () => {
  const [steady, slow] = [await newStream('steady'), await newStream('slow', true)];
  await until('a verdict', verdictIs(steady, 'caught_up'));
  const url = server.urlOf('shop');
  const holder = await connect(url, 'nightly-job');
  await holder.query('CREATE TABLE held (id int)');
  await holder.query('BEGIN; INSERT INTO held VALUES (1)');
  const pid = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  await shop.query(`INSERT INTO slow SELECT n, repeat('x', 200) FROM generate_series(1, 3000) n`);
  expect(await sentenceOf(slow, 'sink_slow')).toMatch(/^The sink .*: [\d,]+ events wait for it/);
  const told = await sentenceOf(steady, 'open_transaction');
  expect(told).toContain(`process ${pid} (nightly-job)`);
  expect(Number(/open for (\d+) s/.exec(told)?.[1])).toBeGreaterThanOrEqual(10);
  await holder.query('COMMIT');
  await holder.end();
  await until('the end of the transaction', verdictIs(steady, 'caught_up'));
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [steady]);
  expect(await sentenceOf(steady, 'worker_down')).toContain('paused');
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = ANY($1)`, [[steady, slow]]);
  await until('retired', stateIs(slow, 'retired'));
});

/** As the verb streams.recover leaves the catalog. */
async function recover(id: string): Promise<void> {
  await fixture.sql(`UPDATE provision SET status = 'dropping' WHERE stream_id = $1`, [id]);
  await fixture.sql(`UPDATE stream SET desired = 'running', restart_nonce = restart_nonce + 1 WHERE id = $1`, [id]);
}

/** Drops the slot of a paused stream and makes it again a little later, with a row written in between. */
async function recreateSlot(id: string, table: string): Promise<void> {
  const name = await slotOf(id);
  await shop.query('SELECT pg_drop_replication_slot($1)', [name]);
  await shop.query(`INSERT INTO ${table} VALUES (2, 'in the gap')`);
  await shop.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
}

test.concurrent('changes of the table are told, and one that is dropped and made again stops the stream with its reason', async () => {
  const id = await newStream('shaped');
  await shop.query(`INSERT INTO shaped VALUES (1, 'before')`);
  await until('the first row', async () => (await arrivals('shaped')).includes('1'));
  await shop.query(`ALTER TABLE shaped ADD COLUMN price int; ALTER TABLE shaped RENAME COLUMN note TO remark`);
  await shop.query(`INSERT INTO shaped VALUES (2, 'after', 5)`);
  await until('the new columns', noted(id, 'column price added (int4)'));
  await until('the other column', noted(id, 'column note'));
  await shop.query(`ALTER TABLE shaped REPLICA IDENTITY FULL; UPDATE shaped SET price = 6 WHERE id = 2`);
  await until('the identity', noted(id, 'replica identity changed from default to full'));
  await shop.query(`ALTER PUBLICATION ${await slotOf(id)} SET (publish = 'insert')`);
  await until('the altered publication', noted(id, 'operation update is not published any more'));
  await shop.query(`ALTER PUBLICATION ${await slotOf(id)} SET (publish = 'insert, update, delete')`);
  await until('the mended publication', noted(id, 'is as the spec says again'));
  expect((await streamOf(id)).state).toBe('streaming');
  await shop.query(`DROP TABLE shaped; CREATE TABLE shaped (id int PRIMARY KEY, note text); INSERT INTO shaped VALUES (7, 'other table')`);
  await until('the stop', stateIs(id, 'failed'));
  const stopped = await streamOf(id);
  expect(stopped.error_kind).toBe('table_missing');
  expect(stopped.state_reason).toContain('not in publication');
  await fixture.revise(id, specFor('shaped', 'shop', 'shaped', 'log', 'initial'), true);
  await recover(id);
  await until('the row of the other table', async () => (await arrivals('shaped')).includes('7'));
  await want(id, 'retired');
});

describe('a slot that is not where we left it', () => {
  test.concurrent('a slot recreated by hand is found however little it is ahead, explained, and read again once a person asks', async () => {
    const id = await newStream('recreated');
    await shop.query(`INSERT INTO recreated VALUES (1, 'before')`);
    await until('the first row', async () => (await arrivals('recreated')).includes('1'));
    await want(id, 'paused');
    await until('paused', stateIs(id, 'paused'));
    await recreateSlot(id, 'recreated');
    await want(id, 'running');
    await until('position_mismatch', stateIs(id, 'position_mismatch'));
    const explanation = String((await streamOf(id)).state_detail?.explanation);
    const slot = await shop.query('SELECT confirmed_flush_lsn::text AS lsn FROM pg_replication_slots WHERE slot_name = $1', [
      await slotOf(id),
    ]);
    expect(explanation).toContain(`stands at ${slot.rows[0]?.lsn}`);
    expect(explanation).toMatch(/confirmed nothing beyond [0-9A-F]+\/[0-9A-F]+, recorded \d{4}-/);
    expect(await arrivals('recreated'), 'nothing is skipped silently').not.toContain('2');
    await fixture.revise(id, { ...specFor('recreated', 'shop', 'recreated', 'log', 'initial') }, true);
    await recover(id);
    await until('the row in the gap', async () => (await arrivals('recreated')).includes('2'));
    await until('streaming', stateIs(id, 'streaming'));
    await want(id, 'retired');
  });

  test.concurrent.each(['trust_slot', 'trust_offset'] as const)(
    'a slot recreated by hand under %s does what its name says',
    async (strategy) => {
      const id = await newStream(strategy);
      await want(id, 'paused');
      await until('paused', stateIs(id, 'paused'));
      await recreateSlot(id, strategy);
      const spec = specFor(strategy.replaceAll('_', '-'), 'shop', strategy, 'log', 'no_data');
      await fixture.revise(id, { ...spec, source: { ...spec.source, offsetMismatchStrategy: strategy } }, false);
      await want(id, 'running');
      if (strategy === 'trust_offset') return until('the refusal', stateIs(id, 'position_mismatch'));
      await until('streaming', stateIs(id, 'streaming'));
      await until('the notice of the gap', noted(id, 'was taken as found'));
      await shop.query(`INSERT INTO ${strategy} VALUES (3, 'after')`);
      await until('the row after', async () => (await arrivals(strategy)).includes('3'));
      expect(await arrivals(strategy)).not.toContain('2');
    },
  );
});

/** Waits for the server to invalidate the slot; 10 s later at most the timeline says so. Both clocks are of this machine. */
async function namedInTime(id: string): Promise<void> {
  const name = await slotOf(id);
  await until('the slot to be invalid', async () => {
    await shop.query('CHECKPOINT');
    const slot = await shop.query(`SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND wal_status = 'lost'`, [name]);
    return slot.rowCount === 1;
  });
  const lostAt = Date.now();
  await until('slot_lost', stateIs(id, 'slot_lost'));
  const [event] = await fixture.sql<{ at: Date }>(
    `SELECT at FROM stream_event WHERE stream_id = $1 AND to_state = 'slot_lost' ORDER BY id DESC LIMIT 1`,
    [id],
  );
  expect(Number(event?.at) - lostAt).toBeLessThan(10_000);
}

test('a slot that the server invalidates is named within 10 s with its reason, and begins anew once a person asks', async () => {
  const major = Number((await shop.query<{ v: string }>(`SELECT current_setting('server_version_num') AS v`)).rows[0]?.v) / 10_000;
  const [removed, idle] = [await newStream('removed'), await newStream('idle')];
  await shop.query(`INSERT INTO removed VALUES (1, 'before')`);
  await until('the first row', async () => (await arrivals('removed')).includes('1'));
  await Promise.all([want(removed, 'paused'), want(idle, 'paused')]);
  await until('paused', async () => (await stateIs(removed, 'paused')()) && stateIs(idle, 'paused')());
  if (major >= 18) {
    await shop.query(`ALTER SYSTEM SET idle_replication_slot_timeout = '1s'`);
    await shop.query('SELECT pg_reload_conf()');
    await namedInTime(idle);
    expect((await streamOf(idle)).state_reason).toContain('idle_replication_slot_timeout');
    await shop.query('ALTER SYSTEM RESET idle_replication_slot_timeout');
    await shop.query('SELECT pg_reload_conf()');
    await recover(removed);
    await until('streaming', stateIs(removed, 'streaming'));
    await want(removed, 'paused');
    await until('paused', stateIs(removed, 'paused'));
  }
  await shop.query(`ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'`);
  await shop.query('SELECT pg_reload_conf()');
  await shop.query('CREATE TABLE hot (filler text)');
  for (let round = 0; round < 4; round += 1) {
    await shop.query(`INSERT INTO hot SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 16000)`);
    await shop.query('SELECT pg_switch_wal()');
  }
  await namedInTime(removed);
  expect((await streamOf(removed)).state_reason).toContain('max_slot_wal_keep_size');
  await shop.query('ALTER SYSTEM RESET max_slot_wal_keep_size');
  await shop.query('SELECT pg_reload_conf()');
  await recover(removed);
  await until('streaming', stateIs(removed, 'streaming'));
  await shop.query(`INSERT INTO removed VALUES (9, 'after')`);
  await until('the row after', async () => (await arrivals('removed')).includes('9'));
});
