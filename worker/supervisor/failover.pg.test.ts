import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slotNameFor } from '@/core/postgres/identifiers';
import { streamSpec } from '@/core/spec/stream-spec';
import type { Cluster } from '@/local/postgres';
import { Receiver } from '@/worker/pipeline/test-harness';
import { connectionOf } from '@/worker/source/postgres/fixture';
import { preflight } from '@/worker/source/postgres/preflight';
import { judge } from '@/worker/testing/invariants';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { type PostgresPair, startPair } from '@/worker/testing/postgres-pair';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** A primary of PostgreSQL 18 dies under load and its standby is promoted: what the worker does about it, with nobody's help. */
let fixture: CatalogFixture;
let pair: PostgresPair;
let compiled: CompiledWorker;
let worker: RunningWorker;
let receiver: Receiver;
let deaf: Receiver;
/** The server that the application writes to. */
let writes: Cluster;

beforeAll(async () => {
  [fixture, pair, receiver, deaf] = await Promise.all([catalogFixture(), startPair(), Receiver.start(), Receiver.start()]);
  writes = pair.primary;
  compiled = await compileWorker(fixture.key.privateKey);
  const sourceId = await fixture.addSource('shop', pair.primary.url('postgres'));
  await fixture.sql('UPDATE source_database SET standbys = $2 WHERE id = $1', [
    sourceId,
    JSON.stringify([{ host: '127.0.0.1', port: pair.standby.port }]),
  ]);
  await fixture.addHttpTarget('to', receiver.url);
  await fixture.addHttpTarget('to-deaf', deaf.url);
  worker = compiled.start({ catalogUrl: fixture.url });
});
afterAll(async () => {
  await compiled.remove();
  await Promise.all([receiver.stop(), deaf.stop(), pair.stop(), fixture.drop()]);
});

const until = (what: string, check: () => Promise<boolean>) =>
  untilOrThrow(
    what,
    check,
    async () =>
      `${JSON.stringify(await fixture.sql('SELECT s.name, s.state, s.state_reason, o.failover_verdict FROM stream s LEFT JOIN slot_observation o ON o.stream_id = s.id'))}\n${worker.output().slice(-3000)}`,
  );
const streamOf = async (id: string) => (await fixture.sql('SELECT * FROM stream WHERE id = $1', [id]))[0] ?? {};
const stateIs = (id: string, state: string) => async () => (await streamOf(id)).state === state;
const readiness = async (id: string) =>
  (
    await fixture.sql<{ failover_verdict: { state: string; sentence: string; remedy: string | null } | null }>(
      'SELECT failover_verdict FROM slot_observation WHERE stream_id = $1',
      [id],
    )
  )[0]?.failover_verdict;
const readinessIs =
  (id: string, state: string, words = '') =>
  async () => {
    const found = await readiness(id);
    return found?.state === state && found.sentence.includes(words);
  };
const told = async (id: string) =>
  (await fixture.sql<{ reason: string }>('SELECT reason FROM stream_event WHERE stream_id = $1 ORDER BY id', [id])).map(
    ({ reason }) => reason,
  );

async function query<R extends pg.QueryResultRow>(server: Cluster, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

/** What the connection test says of the standby. */
async function connectionTest() {
  const standbys = [{ host: '127.0.0.1', port: pair.standby.port }];
  const steps = await preflight({ source: { ...connectionOf(pair.primary.url('postgres')), standbys } });
  return steps.find(({ name }) => name === `Standby 127.0.0.1:${pair.standby.port}`);
}

/** What the slot needs is older than what the standby keeps for a new copy: the copy stays temporary until the slot moves. */
async function restartPointBeyond(slotName: string): Promise<void> {
  const [slot] = await query<{ lsn: string }>(
    pair.primary,
    `SELECT restart_lsn::text AS lsn FROM pg_replication_slots WHERE slot_name = '${slotName}'`,
  );
  await until('the restart point', async () => {
    await query(pair.primary, 'SELECT pg_switch_wal(); CHECKPOINT');
    await query(pair.standby, 'CHECKPOINT');
    const [standby] = await query<{ beyond: boolean }>(
      pair.standby,
      `SELECT redo_lsn > '${slot?.lsn}'::pg_lsn AS beyond FROM pg_control_checkpoint()`,
    );
    return standby?.beyond === true;
  });
}

test('a stream follows the promoted standby by itself; one whose slot was not synced says so and is not made anew', async () => {
  await createOracleTable(pair.primary.url('postgres'), 'orders');
  await query(pair.primary, 'CREATE TABLE idle (id int PRIMARY KEY); INSERT INTO idle SELECT generate_series(1, 10)');
  const http = { type: 'Http', maxBatchSize: 100 } as const;
  const orders = await fixture.addApprovedStream(
    streamSpec.parse({ ...specFor('orders', 'shop', 'orders', 'log', 'no_data'), sink: { ...http, target: 'to' } }),
  );
  await until('streaming', stateIs(orders, 'streaming'));
  // Its sink takes nothing, so nothing is confirmed.
  deaf.down = true;
  const idle = await fixture.addApprovedStream(
    streamSpec.parse({ ...specFor('idle', 'shop', 'idle', 'log', 'initial'), sink: { ...http, target: 'to-deaf' } }),
  );
  await until('the setting that is missing', readinessIs(orders, 'not_yet', 'sync_replication_slots is off'));
  await until('the waiting rows', stateIs(idle, 'retrying'));
  await restartPointBeyond(slotNameFor('idle', idle));
  const missing = { status: 'warning', remedy: expect.stringContaining('ALTER SYSTEM SET sync_replication_slots = on') };
  expect(await connectionTest()).toMatchObject(missing);
  await pair.syncSlots('on');
  // Nothing is written: the slot of an idle stream becomes safe because the pipeline confirms what keepalives say.
  await until('the slot to be safe', readinessIs(orders, 'ready'));
  await until('the temporary slot', readinessIs(idle, 'not_yet', 'temporary'));
  expect(await connectionTest()).toMatchObject({ status: 'ok', finding: expect.stringContaining('same system identifier') });
  const onStandby = await query(pair.standby, 'SELECT slot_name, temporary FROM pg_replication_slots WHERE synced ORDER BY 1');
  expect(onStandby).toEqual(
    [
      { slot_name: slotNameFor('idle', idle), temporary: true },
      { slot_name: slotNameFor('orders', orders), temporary: false },
    ].sort((a, b) => (a.slot_name < b.slot_name ? -1 : 1)),
  );

  // A failover with load before, rows that wait at the sink, and load after.
  const oracle = new Oracle({
    get url() {
      return writes.url('postgres');
    },
    table: 'orders',
    seed: 12,
    keys: 300,
    pauseMs: 2,
  });
  await oracle.run(150);
  await until('half of it', async () => receiver.arrivals.length >= oracle.committed.length / 2);
  receiver.down = true;
  const pendingFrom = oracle.committed.length;
  await oracle.run(50);
  expect(oracle.committed.length).toBeGreaterThan(pendingFrom);
  await pair.primary.kill9();
  const diedAt = Date.now();
  await pair.promote();
  writes = pair.standby;
  const promotedMs = Date.now() - diedAt;
  receiver.down = false;
  await oracle.run(50);
  await until('everything', async () => new Set(receiver.arrivals.map(({ eventId }) => eventId)).size >= oracle.committed.length);
  const resumedMs = Date.now() - diedAt;
  await oracle.close();
  const verdict = judge(oracle.committed, receiver.arrivals);
  expect(verdict.problems).toEqual([]);
  process.stdout.write(
    `failover: promoted after ${promotedMs} ms, all delivered after ${resumedMs} ms; ${oracle.committed.length} events, 0 lost, ${verdict.duplicates} twice\n`,
  );
  // The pipeline lives on and passes over what it has settled on the WAL that both servers share: at most the batch under way.
  expect(verdict.duplicates).toBeLessThanOrEqual(100);
  await until('streaming again', stateIs(orders, 'streaming'));
  await until('the switch in the timeline', async () => (await told(orders)).some((reason) => /timeline 2 instead of 1/.test(reason)));
  expect((await told(orders)).find((reason) => /timeline 2/.test(reason))).toContain(`slot ${slotNameFor('orders', orders)} is there`);
  expect((await fixture.sql('SELECT timeline FROM provision WHERE stream_id = $1', [orders]))[0]?.timeline).toBe(2);

  await until('slot_lost', stateIs(idle, 'slot_lost'));
  expect((await streamOf(idle)).state_reason).toContain('had not been synced');
  const slots = await query<{ slot_name: string }>(pair.standby, `SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'logical'`);
  expect(slots.map(({ slot_name }) => slot_name)).toEqual([slotNameFor('orders', orders)]);

  // The old primary comes back as it was: a restarted worker, which tries it first, must not believe it.
  await worker.end('SIGKILL');
  const old = await pair.reviveOldPrimary();
  worker = compiled.start({ catalogUrl: fixture.url });
  await until('the stop', stateIs(orders, 'position_mismatch'));
  expect((await streamOf(orders)).state_reason).toContain('an old primary is up again');
  await old.stop();
});
