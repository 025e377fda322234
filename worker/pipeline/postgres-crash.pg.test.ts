import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { judge } from '@/worker/testing/invariants';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

const until = (check: () => void | Promise<void>, timeout = 60_000) => vi.waitFor(check, { timeout, interval: 100 });

describe('a pipeline whose servers die', () => {
  let file: string;
  let server: TestPostgres;
  let catalog: TestDatabase;
  let receiver: Receiver;
  beforeAll(async () => {
    [file, server, catalog, receiver] = await Promise.all([bundledPipeline(), startPostgres(), catalogDatabase(), Receiver.start()]);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), catalog.drop(), receiver.stop()]);
  });

  it('survives kill -9 of the source under load in the same process, with nothing lost', async () => {
    const url = await server.createDatabase('crash');
    await createOracleTable(url, 't');
    const stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: url, table: 't', receiverUrl: receiver.url });
    const pipeline = await PipelineProcess.start(file, stream);
    const oracle = new Oracle({ url, table: 't', seed: 31, keys: 300, pauseMs: 4 });
    try {
      await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
      let writing = true;
      const load = oracle.run(100_000, () => !writing);
      for (let kill = 0; kill < 3; kill++) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await server.kill9();
        await until(() => expect(pipeline.states.at(-1)).toBe('retrying'));
        await server.restart();
        await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
      }
      writing = false;
      await load;
      await until(() => expect(judge(oracle.committed, receiver.arrivals).problems).toEqual([]));
      expect(pipeline.running).toBe(true);
      const outages = pipeline.messages.filter((message) => message.type === 'state' && message.errorKind === 'source_unreachable');
      expect(outages, 'one for each kill').toHaveLength(3);
      expect(await stream.letters()).toEqual([]);
      const { stats } = pipeline;
      expect(stats?.totals.decoded).toBe((stats?.totals.delivered ?? 0) + (stats?.inFlightEvents ?? 0));
    } finally {
      await oracle.close();
      await pipeline.kill9();
      await stream.dispose();
    }
  });

  it('goes on streaming and confirming while the catalog is away', async () => {
    const url = await server.createDatabase('catalog_away');
    await createOracleTable(url, 't');
    const away = await startPostgres();
    const { migrate } = await import('@/local/migrate');
    const catalogUrl = away.urlOf('catalog');
    await migrate(catalogUrl);
    const stream = await TestStream.create({ catalogUrl, sourceUrl: url, table: 't', receiverUrl: receiver.url });
    const pipeline = await PipelineProcess.start(file, stream);
    const sql = new pg.Client({ connectionString: url });
    await sql.connect();
    const slotLsn = async () =>
      (await sql.query('select confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = $1', [stream.slotName])).rows[0]
        .lsn;
    try {
      await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
      await sql.query('insert into t values (1, 1)');
      await until(() => expect(receiver.arrivals.some(({ value }) => value?.after?.version === 1)).toBe(true));
      await away.kill9();
      // More than the promised window, so that the promise has to be broken visibly rather than the disk filled.
      await sql.query(`select pg_logical_emit_message(false, 'x', repeat('x', 1000000)) from generate_series(1, 40)`);
      await sql.query('insert into t values (2, 77001)');
      await until(() => expect(receiver.arrivals.some(({ value }) => value?.after?.version === 77001)).toBe(true));
      const { rows } = await sql.query('select pg_current_wal_lsn()::text as lsn');
      await until(async () => {
        const { rows: compared } = await sql.query('select $1::pg_lsn >= $2::pg_lsn - 1000 as reached', [await slotLsn(), rows[0].lsn]);
        expect(compared[0].reached).toBe(true);
      });
      expect(pipeline.states).not.toContain('retrying');
    } finally {
      await sql.end();
      await pipeline.kill9();
      await stream.dispose();
      await away.stop();
    }
  });
});
