import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { judge } from '@/worker/testing/invariants';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { DEFAULT_LIMITS } from './assignment';
import { bundledPipeline, PipelineProcess, Receiver, type StreamOptions, TestStream } from './test-harness';

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sql: pg.Client;
const processes: PipelineProcess[] = [];

const until = (check: () => void | Promise<void>, timeout = 60_000) => vi.waitFor(check, { timeout, interval: 100 });
const arrivals = () => receiver.arrivals;
const idsOf = (id: number) =>
  arrivals().flatMap(({ key, value }) => (key === `{"id":${id}}` && value ? [value.after?.version ?? 'd'] : []));

async function declare(more: Partial<StreamOptions> = {}): Promise<TestStream> {
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl: receiver.url, ...more });
  return stream;
}
async function start(env: Record<string, string> = {}): Promise<PipelineProcess> {
  const started = await PipelineProcess.start(file, stream, env);
  processes.push(started);
  return started;
}
async function streaming(pipeline: PipelineProcess): Promise<void> {
  await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
}
/** Where the server's WAL is at this moment; others on the server write on. */
const currentLsn = async () => (await sql.query('select pg_current_wal_lsn()::text as lsn')).rows[0].lsn as string;
const insert = (id: number, version: number) => sql.query('insert into t values ($1, $2)', [id, version]);

beforeAll(async () => {
  file = await bundledPipeline();
});
beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await createOracleTable(source.url, 't');
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill9()));
  await sql.end();
  await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

describe('a pipeline process', () => {
  it('loses nothing and keeps every order through ten kill -9 under load, and confirms what it delivered', async () => {
    await declare();
    let pipeline = await start();
    await streaming(pipeline);
    const oracle = new Oracle({ url: source.url, table: 't', seed: 4711, keys: 300, pauseMs: 4 });
    let writing = true;
    const load = oracle.run(100_000, () => !writing);
    for (let kill = 0; kill < 10; kill++) {
      const before = arrivals().length;
      await until(() => expect(arrivals().length).toBeGreaterThan(before + 20));
      // Twice with events that were received and could not be delivered, long enough for a status to go out.
      receiver.down = kill % 5 === 2;
      await new Promise((resolve) => setTimeout(resolve, receiver.down ? 1_200 : (kill % 5) * 37));
      await pipeline.kill9();
      receiver.down = false;
      pipeline = await start();
    }
    await streaming(pipeline);
    await until(() => expect(oracle.committed.length).toBeGreaterThan(500));
    writing = false;
    await load;
    await oracle.close();
    await until(() => expect(judge(oracle.committed, arrivals()).problems).toEqual([]));
    const written = await currentLsn();
    // Bounded: at most what one in-flight window holds comes again after each kill.
    expect(judge(oracle.committed, arrivals()).duplicates).toBeLessThanOrEqual(10 * DEFAULT_LIMITS.maxInFlightEvents);
    expect(await pipeline.stop()).toBe(0);
    const { rows } = await sql.query(`select $2::pg_lsn - confirmed_flush_lsn as behind from pg_replication_slots where slot_name = $1`, [
      stream.slotName,
      written,
    ]);
    expect(Number(rows[0].behind)).toBeLessThan(1024 * 1024);
    expect(pipeline.stats?.inFlightEvents).toBe(0);
  });

  it.each(['after_send=kill@3', 'before_flush=kill@4', 'after_flush=kill@2', 'transformed=kill@150'])(
    'comes back from a kill at %s with nothing lost',
    async (failpoint) => {
      await declare();
      const first = await start({ FAILPOINTS: failpoint });
      await streaming(first);
      const oracle = new Oracle({ url: source.url, table: 't', seed: 7 });
      await oracle.run(120);
      await oracle.close();
      await until(() => expect(first.running).toBe(false));
      const second = await start();
      await until(() => expect(judge(oracle.committed, arrivals()).problems).toEqual([]));
      expect(await second.stop()).toBe(0);
    },
  );

  it('keeps one letter of an event when it dies between storing the letter and confirming', async () => {
    await declare();
    const first = await start({ FAILPOINTS: 'after_dlq_insert=kill' });
    await streaming(first);
    receiver.judge = ({ value }) => (value?.after?.version === 2 ? 400 : 200);
    await insert(1, 1);
    await sql.query('update t set version = 2 where id = 1');
    await sql.query('update t set version = 3 where id = 1');
    await until(() => expect(first.running).toBe(false));
    const second = await start();
    await until(async () => expect((await stream.letters()).map(({ status }) => status)).toEqual(['open', 'parked']));
    await insert(2, 4);
    await until(() => expect(idsOf(2)).toEqual([4]));
    expect(new Set(idsOf(1))).toEqual(new Set([1]));
    expect(await second.stop()).toBe(0);
  });

  it('makes no dead letter of an outage of five seconds and resumes by itself', async () => {
    await declare({ recovery: { type: 'DeadLetter', maxAttempts: 1, keyOrder: 'park', maxOpen: 10 } });
    const pipeline = await start();
    await streaming(pipeline);
    receiver.down = true;
    const oracle = new Oracle({ url: source.url, table: 't', seed: 99 });
    await oracle.run(200);
    await until(() => expect(pipeline.states.at(-1)).toBe('retrying'));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    receiver.down = false;
    await until(() => expect(judge(oracle.committed, arrivals()).problems).toEqual([]));
    await oracle.close();
    expect(await stream.letters()).toEqual([]);
    expect(judge(oracle.committed, arrivals()).duplicates).toBe(0);
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
  });

  it('keeps a refused event as a dead letter, parks its key in order, and replays all of it once', async () => {
    await declare();
    const pipeline = await start();
    await streaming(pipeline);
    receiver.judge = ({ value }) => (value?.after?.version === 1 ? 422 : 200);
    await insert(1, 1);
    await insert(2, 2);
    await sql.query('update t set version = 3 where id = 1');
    await sql.query('delete from t where id = 1');
    await until(async () => expect((await stream.letters()).map(({ status }) => status)).toEqual(['open', 'parked', 'parked']));
    await until(() => expect(idsOf(2)).toEqual([2]));
    const [letter] = await stream.query(`select * from dead_letter where status = 'open'`);
    expect(letter).toMatchObject({ error_class: 'contract', attempt_count: 2, key_text: '{"id":1}', op: 'c' });
    expect(letter?.attempts).toHaveLength(2);
    // Refused again: open again, one attempt more, followers untouched.
    const press = () =>
      stream.query(
        `update dead_letter set status = 'replaying', replay_requested_by = 'lead' where stream_id = $1 and status = 'open' returning id`,
        [stream.id],
      );
    await press();
    pipeline.tell({ type: 'letters-changed' });
    await until(async () =>
      expect(await stream.query('select status, attempt_count from dead_letter order by commit_lsn limit 1')).toEqual([
        { status: 'open', attempt_count: 3 },
      ]),
    );
    receiver.judge = () => 200;
    await press();
    expect(await press()).toEqual([]);
    pipeline.tell({ type: 'letters-changed' });
    pipeline.tell({ type: 'letters-changed' });
    await insert(1, 4);
    await until(() => expect(idsOf(1)).toEqual([1, 3, 'd', 4]));
    await until(async () => expect((await stream.letters()).every(({ status }) => status === 'replayed')).toBe(true));
    expect(await stream.query(`select distinct resolved_by from dead_letter order by 1`)).toEqual([
      { resolved_by: 'lead' },
      { resolved_by: 'worker' },
    ]);
    expect(await pipeline.stop()).toBe(0);
    const { decoded, delivered, deadLettered, parked, filtered, ignored } = pipeline.stats?.totals ?? stream.totals;
    expect(decoded).toBe(delivered + deadLettered + parked + filtered + ignored);
  });

  it('delivers nothing twice over clean stops under load', async () => {
    await declare();
    const oracle = new Oracle({ url: source.url, table: 't', seed: 12, keys: 300, pauseMs: 3 });
    let pipeline = await start();
    await streaming(pipeline);
    let writing = true;
    const load = oracle.run(100_000, () => !writing);
    for (let stop = 0; stop < 3; stop++) {
      const before = arrivals().length;
      await until(() => expect(arrivals().length).toBeGreaterThan(before + 50));
      expect(await pipeline.stop()).toBe(0);
      pipeline = await start();
    }
    writing = false;
    await load;
    await oracle.close();
    await until(() => expect(judge(oracle.committed, arrivals())).toMatchObject({ problems: [], duplicates: 0 }));
  });

  it('stops by itself when its supervisor is gone, with everything settled confirmed', async () => {
    await declare();
    const pipeline = await start();
    await streaming(pipeline);
    await insert(1, 1);
    await until(() => expect(idsOf(1)).toEqual([1]));
    pipeline.disconnect();
    expect(await pipeline.exited).toBe(0);
    const again = await start();
    await streaming(again);
    await insert(2, 2);
    await until(() => expect(idsOf(2)).toEqual([2]));
    expect(idsOf(1)).toEqual([1]);
  });

  it('confirms nothing past an undelivered event, however much WAL goes by, and catches up afterwards', async () => {
    await declare();
    const pipeline = await start();
    await streaming(pipeline);
    receiver.down = true;
    await insert(1, 1);
    const { rows } = await sql.query('select pg_current_wal_insert_lsn()::text as lsn');
    const passed = async () =>
      (
        await sql.query('select confirmed_flush_lsn >= $2::pg_lsn as passed from pg_replication_slots where slot_name = $1', [
          stream.slotName,
          rows[0].lsn,
        ])
      ).rows[0].passed;
    // WAL of nobody's: only keepalives tell of it.
    await sql.query(`select pg_logical_emit_message(false, 'x', repeat('x', 1000000)) from generate_series(1, 20)`);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await passed()).toBe(false);
    const written = await currentLsn();
    receiver.down = false;
    await until(async () => expect(await passed()).toBe(true));
    await until(async () => {
      const { rows: left } = await sql.query(
        'select $2::pg_lsn - confirmed_flush_lsn as bytes from pg_replication_slots where slot_name = $1',
        [stream.slotName, written],
      );
      expect(Number(left[0].bytes)).toBeLessThan(1_000_000);
    });
    expect(idsOf(1)).toEqual([1]);
  });

  it('holds no more than its limits of a transaction of 20 000 rows while the sink is down', async () => {
    await declare();
    const pipeline = await start();
    await streaming(pipeline);
    receiver.down = true;
    await sql.query(`insert into t select n, n, repeat('x', 300) from generate_series(1, 20000) n`);
    await until(() => expect(pipeline.stats?.inFlightEvents).toBeGreaterThanOrEqual(DEFAULT_LIMITS.maxInFlightEvents));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const held = pipeline.stats;
    expect(held?.inFlightEvents).toBeLessThan(DEFAULT_LIMITS.maxInFlightEvents + 1_000);
    expect(held?.inFlightBytes).toBeLessThan(DEFAULT_LIMITS.maxInFlightBytes);
    receiver.down = false;
    await until(() => expect(arrivals()).toHaveLength(20_000));
    expect(new Set(arrivals().map(({ eventId }) => eventId)).size).toBe(20_000);
  });

  it('refuses to go on when somebody moved the slot, and when it was dropped', async () => {
    await declare();
    const pipeline = await start();
    await streaming(pipeline);
    await pipeline.stop();
    await sql.query(
      `update t set version = 0 where false; select pg_logical_emit_message(false, 'x', repeat('x', 1000000)) from generate_series(1, 40)`,
    );
    await sql.query(`select pg_replication_slot_advance($1, pg_current_wal_lsn())`, [stream.slotName]);
    const moved = await start();
    expect(await moved.exited).toBe(1);
    expect(moved.fault).toMatchObject({ errorKind: 'position_mismatch' });
    expect(moved.states.at(-1)).toBe('position_mismatch');
    await sql.query(`select pg_drop_replication_slot($1)`, [stream.slotName]);
    const lost = await start();
    expect(await lost.exited).toBe(1);
    expect(lost.fault).toMatchObject({ errorKind: 'slot_lost' });
    expect(lost.states.at(-1)).toBe('slot_lost');
  });
});
