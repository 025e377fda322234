import pg from 'pg';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import type { Assignment } from './assignment';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sql: pg.Client;
const processes: PipelineProcess[] = [];

beforeAll(async () => {
  file = await bundledPipeline();
});
beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
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

interface Value {
  readonly op?: string;
  readonly status?: string;
  readonly event_count?: number;
  readonly message?: { readonly content: string };
  readonly after?: { readonly id: number; readonly n: number; readonly doc: string };
}
/** What arrived, each event once. */
function arrived(): Value[] {
  const byId = new Map(receiver.arrivals.map(({ eventId, value }) => [eventId, value as unknown as Value]));
  return [...byId.values()].filter((value) => value !== null);
}
const contents = () => arrived().flatMap(({ message }) => (message ? [Buffer.from(message.content, 'base64').toString()] : []));
const doc = (id: number) => String(id % 10).repeat(9_000);

it('filtered rows, messages, ends of transactions and values read again all arrive through two kill -9, under ids that stay', async () => {
  await sql.query('create table t (id int primary key, n int, doc text); alter table t alter doc set storage external');
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl: receiver.url });
  const assignment = async (): Promise<Assignment> => {
    const made = await stream.assignment();
    const { spec } = made;
    const of = { ...spec.source, rowFilter: 'mod(id, 3) > 0', messagePrefixes: ['audit', 'loose'] };
    if (spec.flow.type !== 'DebeziumEnvelope') throw new Error('the harness makes another flow');
    return { ...made, spec: { ...spec, source: of, flow: { ...spec.flow, transactionMetadata: true, unchangedToast: 'reselect' } } };
  };
  const start = async () => {
    const started = await PipelineProcess.start(file, { assignment });
    processes.push(started);
    return started;
  };
  let pipeline = await start();
  await vi.waitFor(() => expect(pipeline.states.at(-1)).toBe('streaming'), { timeout: 60_000, interval: 100 });
  const rounds = 90;
  const passing: number[] = [];
  for (let id = 1; id <= rounds; id++) {
    if (id % 3 > 0) passing.push(id);
    await sql.query(
      `begin; insert into t values (${id}, 0, '${doc(id)}'); select pg_logical_emit_message(true, 'audit', 'in ${id}'); commit`,
    );
    await sql.query(`select pg_logical_emit_message(false, 'loose', 'between ${id}'), pg_logical_emit_message(true, 'nobody', 'x')`);
    await sql.query(`update t set n = 1 where id = ${id}`);
    if (id % 30 !== 0 || id === rounds) continue;
    await vi.waitFor(() => expect(arrived().length).toBeGreaterThan(id), { timeout: 60_000, interval: 50 });
    await pipeline.kill9();
    pipeline = await start();
  }
  const ids = Array.from({ length: rounds }, (_, index) => index + 1);
  await vi.waitFor(
    () => {
      expect(new Set(contents())).toEqual(new Set(ids.flatMap((id) => [`in ${id}`, `between ${id}`])));
      expect(arrived().filter(({ status }) => status === 'END')).toHaveLength(rounds + passing.length);
      const rows = arrived().flatMap(({ op, after }) => (op === 'c' || op === 'u' ? [{ op, ...after }] : []));
      // Values come out of the row, never as the placeholder; rows that the filter leaves out never come.
      expect(
        rows
          .map(({ op, id, n, doc: value }) => [id, op, n, value])
          .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[2]) - Number(b[2])),
      ).toEqual(
        passing.flatMap((id) => [
          [id, 'c', 0, doc(id)],
          [id, 'u', 1, doc(id)],
        ]),
      );
    },
    { timeout: 60_000, interval: 200 },
  );
  // Each id once: what came again after a kill had the id that it had before.
  expect(contents()).toHaveLength(2 * rounds);
  const ends = arrived().filter(({ status }) => status);
  // A message makes a transaction as a row does; an update that the filter leaves out makes none.
  expect(ends.filter(({ status }) => status === 'BEGIN')).toHaveLength(rounds + passing.length);
  expect(ends.reduce((sum, { event_count: count }) => sum + (count ?? 0), 0)).toBe(2 * passing.length);
  expect(await pipeline.stop()).toBe(0);
});
