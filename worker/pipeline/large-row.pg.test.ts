import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { StoredChange } from '@/worker/source/stored-change';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

const MB = 1024 * 1024;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let pipeline: PipelineProcess;
let sql: pg.Client;

beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  await sql.query('create table t (id int primary key, v int, note text, b bytea, j jsonb)');
});
afterEach(async () => {
  await pipeline.kill9();
  await sql.end();
  await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

async function start(recovery?: RecoverySpec): Promise<void> {
  const options = { catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl: receiver.url, snapshot: 'no_data' as const };
  stream = await TestStream.create(recovery ? { ...options, recovery } : options);
  pipeline = await PipelineProcess.start(await bundledPipeline(), stream);
  await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
}
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 90_000, interval: 50 });
/** What the receiver took, of this test's table. */
const values = () =>
  receiver.arrivals.map(({ value }) => value as unknown as { op: string; after: { id: number; v: number; note: string } });
const rows = () => values().map(({ op, after }) => [op, after.id, after.v, after.note]);

describe('a row of 100 MB', () => {
  it('costs no memory, becomes a letter without its large values, and is read again by its replay', async () => {
    await start();
    await sql.query(`insert into t values (1, 1, 'before')`);
    await sql.query(`insert into t values (2, 1, repeat('x', 100000000))`);
    await sql.query(`insert into t values (3, 1, 'bytes', decode(repeat('ab', 20000000), 'hex'))`);
    await sql.query(`insert into t values (4, 1, 'json', null, to_jsonb(repeat('j', 20000000)))`);
    await sql.query(`insert into t values (5, 1, 'after')`);
    await sql.query(`update t set v = 2 where id = 2`);
    await until(() => expect(pipeline.stats?.totals).toMatchObject({ delivered: 2, deadLettered: 3, parked: 1 }));
    expect(rows()).toEqual([
      ['c', 1, 1, 'before'],
      ['c', 5, 1, 'after'],
    ]);
    const letters = (await stream.query(
      `select input, output, error_class, error_message, key_text, octet_length(input::text) as bytes from dead_letter where status = 'open' order by commit_lsn`,
    )) as { input: StoredChange; output: string | null; error_class: string; error_message: string; key_text: string; bytes: number }[];
    expect(letters.map(({ key_text, error_class, output }) => [key_text, error_class, output])).toEqual([
      ['{"id":2}', 'oversize', null],
      ['{"id":3}', 'oversize', null],
      ['{"id":4}', 'oversize', null],
    ]);
    expect(letters.map(({ input }) => input.cut?.map(({ column, bytes }) => [column, bytes]))).toEqual([
      [[2, 100_000_000]],
      [[3, 40_000_002]],
      [[4, 20_000_002]],
    ]);
    expect(letters[0]?.input.cut?.[0]?.preview).toBe('x'.repeat(2_048));
    expect(letters[0]?.error_message).toContain('note has 100.0 MB');
    expect(Math.max(...letters.map(({ bytes }) => bytes))).toBeLessThan(10_000);

    const replay = `update dead_letter set status = 'replaying', replay_requested_by = 'lead' where status = 'open' and key_text = '{"id":2}'`;
    await stream.query(replay);
    pipeline.tell({ type: 'letters-changed' });
    await until(async () => {
      const [letter] = await stream.query(
        `select status::text, error_message from dead_letter where key_text = '{"id":2}' order by commit_lsn`,
      );
      expect(letter).toMatchObject({ status: 'open', error_message: expect.stringContaining('it has 100.0 MB now, too') });
    });
    await sql.query(`update t set note = 'small now' where id = 2`);
    await until(() => expect(pipeline.stats?.totals.parked).toBe(2));
    await stream.query(replay);
    pipeline.tell({ type: 'letters-changed' });
    await until(() => expect(receiver.arrivals).toHaveLength(5));
    // The letter brings the row as it is now, under its own event id; what waited behind it follows as it was.
    expect(rows().slice(2)).toEqual([
      ['c', 2, 2, 'small now'],
      ['u', 2, 2, '__debezium_unavailable_value'],
      ['u', 2, 2, 'small now'],
    ]);
    process.stdout.write(`rows of 100, 40 and 20 MB: peak RSS ${Math.round(pipeline.peakBytes / MB)} MB\n`);
    expect(pipeline.peakBytes).toBeLessThan(200 * MB);
  });

  it('is counted where recovery ignores it, and stalls the stream visibly where recovery is None', async () => {
    await start({ type: 'None' });
    await sql.query(`insert into t values (1, 1, repeat('x', 17000000)), (2, 1, 'behind')`);
    await until(() => expect(pipeline.states.at(-1)).toBe('retrying'));
    const state = pipeline.messages.findLast((message) => message.type === 'state');
    expect(state).toMatchObject({ errorKind: 'delivery_refused', reason: expect.stringContaining('note has 17.0 MB') });
    expect(receiver.arrivals).toHaveLength(0);
    await pipeline.kill9();
    await stream.dispose();
    await start({ type: 'Ignore', maxAttempts: 2 });
    await sql.query(`insert into t values (3, 1, repeat('x', 17000000)), (4, 1, 'behind')`);
    await until(() => expect(pipeline.stats?.totals).toMatchObject({ ignored: 1, delivered: 1 }));
    expect(rows()).toEqual([['c', 4, 1, 'behind']]);
  });

  it('is delivered while the sink takes it, and one that grew too large on its way is a letter', async () => {
    await start();
    for (let id = 1; id <= 3; id++) await sql.query(`insert into t values (${id}, 1, repeat('xü', 3200000))`);
    // Each of these takes 9 MB on the wire, 12 MB as JSON and would take 15 MB of a letter.
    for (let id = 11; id <= 12; id++) await sql.query(`insert into t values (${id}, 1, repeat('ü"', 3000000))`);
    await until(() => expect(pipeline.stats?.totals).toMatchObject({ delivered: 3, deadLettered: 2 }));
    expect(values().map(({ after }) => after.note.length)).toEqual([6_400_000, 6_400_000, 6_400_000]);
    const letters = await stream.query(
      `select error_message, octet_length(output) as shown, octet_length(input::text) as kept from dead_letter`,
    );
    expect(letters[0]).toMatchObject({ error_message: expect.stringMatching(/the event has 1[12] MB and the sink takes 10 MB/) });
    expect(Math.max(...letters.flatMap(({ shown, kept }) => [Number(shown), Number(kept)]))).toBeLessThanOrEqual(256 * 1024);
    process.stdout.write(`events of 9.6 and 12 MB: peak RSS ${Math.round(pipeline.peakBytes / MB)} MB\n`);
    expect(pipeline.peakBytes).toBeLessThan(256 * MB);
  });
});
