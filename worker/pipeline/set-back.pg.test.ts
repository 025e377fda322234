import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { catalogDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

let folder: string;
let server: TestPostgres;
let catalog: TestDatabase;
let file: string;
let receiver: Receiver;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-set-back-'));
  chmodSync(folder, 0o755);
  [server, catalog, file, receiver] = await Promise.all([
    startPostgres({ parent: folder }),
    catalogDatabase(),
    bundledPipeline(),
    Receiver.start(),
  ]);
});
afterAll(async () => {
  await Promise.all([server.stop(), catalog.drop(), receiver.stop()]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

it('stops when an earlier state of the server was put back on the same timeline, instead of passing over what it writes next', async () => {
  const url = await server.createDatabase('shop');
  await run(url, 'create table t (id int primary key)');
  const stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: url, table: 't', receiverUrl: receiver.url });
  const pipeline = await PipelineProcess.start(file, stream);
  const arrived = (id: number) => receiver.arrivals.some(({ value }) => value?.after?.id === id);
  try {
    await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
    await run(url, 'insert into t values (1)');
    await until(() => expect(arrived(1)).toBe(true));
    // A snapshot of the machine, with the slot in it.
    await server.halt();
    const data = join(folder, readdirSync(folder)[0] ?? '', 'data');
    execFileSync('cp', ['-a', data, join(folder, 'kept')]);
    await server.restart();
    await run(url, 'select pg_switch_wal()', 'insert into t values (2)');
    await until(() => expect(arrived(2)).toBe(true));
    await until(async () => {
      const [row] = await stream.query('select promised_lsn from provision where stream_id = $1', [stream.id]);
      expect(row?.promised_lsn).not.toBeNull();
      expect(pipeline.stats?.totals.delivered).toBe(2);
    });
    await server.halt();
    rmSync(data, { recursive: true });
    execFileSync('mv', [join(folder, 'kept'), data]);
    await server.restart();
    await until(() => expect(pipeline.fault).toBeDefined());
    expect(pipeline.fault).toMatchObject({
      errorKind: 'position_mismatch',
      message: expect.stringContaining('set back to an earlier state'),
    });
    await pipeline.exited;
    // The other history goes on; a person who has decided for it finds all of it.
    await run(url, 'insert into t values (3)', 'select pg_switch_wal()', 'insert into t values (4)');
    const next = await PipelineProcess.start(file, stream);
    await until(() => expect(arrived(3) && arrived(4)).toBe(true));
    await next.kill9();
  } finally {
    await pipeline.kill9();
    await stream.dispose();
  }
});
