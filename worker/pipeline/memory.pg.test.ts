import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredChange } from '@/worker/source/stored-change';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, TestStream } from './test-harness';

/** Rows of the one transaction; `SPILLWAY_MEMORY_ROWS=2000000` for the figure in docs/delivery-guarantees.md. */
const ROWS = Number(process.env.SPILLWAY_MEMORY_ROWS ?? 300_000);
const MB = 1024 * 1024;

let catalog: TestDatabase;
let source: TestDatabase;
let sink: Server;
let stream: TestStream;
let pipeline: PipelineProcess;
let sql: pg.Client;

beforeEach(async () => {
  [catalog, source] = await Promise.all([catalogDatabase(), emptyDatabase()]);
  // Takes everything and looks at nothing, so that the pipeline is what is measured.
  sink = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
});
afterEach(async () => {
  await pipeline.kill9();
  await sql.end();
  await stream.dispose();
  sink.closeAllConnections();
  await new Promise((resolve) => sink.close(resolve));
  await Promise.all([catalog.drop(), source.drop()]);
});

async function start(snapshot: 'initial' | 'no_data'): Promise<void> {
  const receiverUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl, snapshot, batch: 1_000 });
  pipeline = await PipelineProcess.start(await bundledPipeline(), stream);
}
const peak = () => Math.max(...pipeline.messages.flatMap((message) => (message.type === 'stats' ? [message.stats.rssBytes] : [])));
const until = (check: () => void, timeout: number) => vi.waitFor(check, { timeout, interval: 100 });

describe('memory of a pipeline', () => {
  it('stays small through a transaction of any size', { timeout: 360_000 + ROWS }, async () => {
    await sql.query('create table t (id int primary key, v int, note text)');
    await start('no_data');
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'), 60_000);
    await sql.query(`insert into t select n, n, 'row ' || n from generate_series(1, ${ROWS}) n`);
    await until(() => expect(pipeline.stats?.totals.delivered).toBe(ROWS), 90_000 + ROWS);
    process.stdout.write(`${ROWS} rows in one transaction: peak RSS ${Math.round(peak() / MB)} MB\n`);
    expect(peak()).toBeLessThan(150 * MB);
  });

  it('does not grow with a row of 100 MB, read or streamed, which the sink does not take', { timeout: 240_000 }, async () => {
    await sql.query('create table t (id int primary key, v int, note text, b bytea, j jsonb)');
    await sql.query(
      `insert into t values (1, 1, repeat('x', 100000000), decode(repeat('ab', 10000000), 'hex'), to_jsonb(repeat('j', 17000000))), (2, 2, 'small', null, null)`,
    );
    await start('initial');
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'), 90_000);
    await sql.query(`insert into t values (3, 3, repeat('ü', 50000000))`);
    await until(() => expect(pipeline.stats?.totals).toMatchObject({ decoded: 3, delivered: 1, deadLettered: 2 }), 90_000);
    const letters = (await stream.query('select input from dead_letter order by key_text')) as { input: StoredChange }[];
    expect(letters.map(({ input }) => [input.op, input.after?.[1], input.cut?.map(({ column, bytes }) => [column, bytes])])).toEqual([
      [
        'r',
        '1',
        [
          [2, 100_000_000],
          [3, 20_000_002],
          [4, 17_000_002],
        ],
      ],
      ['c', '3', [[2, 100_000_000]]],
    ]);
    expect(letters.flatMap(({ input }) => input.cut?.map(({ preview }) => preview.slice(0, 4)))).toEqual(['xxxx', '\\xab', '"jjj', 'üüüü']);
    process.stdout.write(`2 rows of 100 MB: peak RSS ${Math.round(pipeline.peakBytes / MB)} MB\n`);
    expect(pipeline.peakBytes).toBeLessThan(200 * MB);
  });
});
