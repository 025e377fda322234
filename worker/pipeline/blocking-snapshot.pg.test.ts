import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lastWriteWins } from '@/worker/testing/invariants';
import { createOracleTable, randomOf } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, type StreamOptions, TestStream } from './test-harness';

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sql: pg.Client;
let pipeline: PipelineProcess;
const processes: PipelineProcess[] = [];

/** More than is delivered and in flight when the receiver stops taking them. */
const ROWS = 6_000;
const until = (check: () => void | Promise<void>, timeout = 90_000) => vi.waitFor(check, { timeout, interval: 50 });
const reads = () => receiver.arrivals.filter(({ value }) => value?.op === 'r');
const said = (type: 'notice' | 'state') => pipeline.messages.flatMap((message) => (message.type === type ? [message.reason] : []));

async function start(options: Partial<StreamOptions> = {}): Promise<void> {
  stream ??= await TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl: source.url,
    table: 't',
    receiverUrl: receiver.url,
    snapshot: 'initial',
    blockingReaders: 4,
    ...options,
  });
  pipeline = await PipelineProcess.start(file, stream);
  processes.push(pipeline);
}

beforeAll(async () => {
  file = await bundledPipeline();
});
beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await createOracleTable(source.url, 't');
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  await sql.query(`insert into t select n, 0, 'row' from generate_series(1, ${ROWS}) n`);
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill9()));
  await sql.end();
  await stream.dispose();
  stream = undefined as unknown as TestStream;
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

/** Others write until the returned function is called. */
function write(): () => Promise<void> {
  let writing = true;
  let version = 0;
  const random = randomOf(8);
  const writers = Array.from({ length: 3 }, async () => {
    const client = new pg.Client({ connectionString: source.url });
    await client.connect();
    while (writing) {
      const id = 1 + Math.floor(random() * (ROWS + 200));
      const next = ++version;
      if (random() < 0.2) await client.query('delete from t where id = $1', [id]);
      else {
        const upsert = 'on conflict (id) do update set version = greatest(t.version, excluded.version)';
        await client.query(`insert into t values ($1, $2, 'new') ${upsert}`, [id, next]);
      }
    }
    await client.end();
  });
  return async () => {
    writing = false;
    await Promise.all(writers);
  };
}
async function expectSameAsTable(): Promise<void> {
  const { rows } = await sql.query<{ id: number; version: number }>('select id, version from t');
  const table = new Map(rows.map(({ id, version }) => [id, version]));
  await until(() => {
    const state = lastWriteWins(receiver.arrivals);
    expect([...new Set([...state.keys(), ...table.keys()])].filter((id) => state.get(id) !== table.get(id))).toEqual([]);
  });
}

describe('rows read in one pass by four readers of the same snapshot', () => {
  it('come once each and before every change, without gap or duplicate, whatever others write', async () => {
    const stop = write();
    await start();
    await until(() => expect(pipeline.states).toContain('streaming'));
    await until(() => expect(receiver.arrivals.some(({ value }) => value !== null && value.op !== 'r')).toBe(true));
    await stop();
    await expectSameAsTable();
    const firstChange = receiver.arrivals.findIndex(({ value }) => value !== null && value.op !== 'r');
    const lastRead = receiver.arrivals.findLastIndex(({ value }) => value?.op === 'r');
    expect(lastRead).toBeLessThan(firstChange);
    expect(new Set(reads().map(({ key }) => key)).size).toBe(reads().length);
    expect(new Set(receiver.arrivals.map(({ eventId }) => eventId)).size, 'no event came twice').toBe(receiver.arrivals.length);
    expect(said('state').join()).toContain('the spec says so (snapshotMethod blocking)');
  });

  it('give way to chunks when the pass takes too long, also over a restart, and the timeline says why', async () => {
    const hold = ({ value }: { value: { op: string } | null }) => (value?.op === 'r' && receiver.arrivals.length > 1_000 ? 503 : 200);
    receiver.judge = hold;
    await start({ longestPassMs: 2_000 });
    await until(() => expect(said('notice').join()).toContain('it took longer than 2 s'));
    await sql.query('update t set version = 3 where id % 7 = 0');
    await until(() => expect(said('notice').join()).toContain('Rows are read in chunks from now on'));
    await pipeline.kill9();
    receiver.judge = () => 200;
    await start();
    await until(() => expect(pipeline.states).toContain('streaming'));
    expect(said('state').join()).not.toContain('one pass');
    await expectSameAsTable();
    expect(reads().filter(({ eventId }) => eventId.includes('/read/')).length).toBeGreaterThan(ROWS * 0.8);
  });
});
