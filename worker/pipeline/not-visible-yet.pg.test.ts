import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { createOracleTable } from '@/worker/testing/oracle';
import { catalogDatabase, startPostgres } from '@/worker/testing/postgres';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 90_000, interval: 50 });

const waiting = async (admin: pg.Client) =>
  (await admin.query<{ pid: number }>(`select pid from pg_stat_activity where wait_event = 'SyncRep'`)).rows.map(({ pid }) => pid);
const letGo = (admin: pg.Client) => admin.query(`select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`);

/** The checkpointer is who tells sessions that commits wait for a standby, when it gets round to it. */
async function commitsWait(admin: pg.Client, writer: pg.Client): Promise<void> {
  for (let over = true; over; ) {
    over = false;
    const commit = writer.query('insert into probe default values').then(() => {
      over = true;
    });
    await until(async () => expect(over || (await waiting(admin)).length > 0).toBe(true));
    if (over) continue;
    await letGo(admin);
    await commit;
    return;
  }
}

it('a row is not read in a state older than what was delivered before a kill -9, while its commit waits for a standby', async () => {
  const [file, server, catalog, receiver] = await Promise.all([bundledPipeline(), startPostgres(), catalogDatabase(), Receiver.start()]);
  const sourceUrl = server.urlOf('postgres');
  const admin = new pg.Client({ connectionString: sourceUrl });
  const writer = new pg.Client({ connectionString: sourceUrl });
  writer.on('error', () => undefined);
  await createOracleTable(sourceUrl, 't');
  await Promise.all([admin.connect(), writer.connect()]);
  await admin.query(`insert into t select n, 0, 'old' from generate_series(1, 2000) n`);
  await admin.query('create table probe ()');
  await admin.query('alter role postgres set synchronous_commit = local');
  await admin.query(`alter system set synchronous_standby_names = 'nobody'`);
  await admin.query('select pg_reload_conf()');
  // The first chunk is not settled until the receiver takes row 500, so row 1500 is read by the second process.
  receiver.judge = ({ value }) => (value?.after?.id === 500 ? 503 : 200);
  const stream = await TestStream.create({
    catalogUrl: catalog.url,
    sourceUrl,
    table: 't',
    receiverUrl: receiver.url,
    snapshot: 'initial',
  });
  const ofRow = () => receiver.arrivals.filter(({ key }) => key === '{"id":1500}').map(({ value }) => value?.after?.version);
  const first = await PipelineProcess.start(file, stream);
  let second: PipelineProcess | null = null;
  try {
    await until(() => expect(receiver.arrivals.length).toBeGreaterThan(300));
    await writer.query('set synchronous_commit = on');
    await commitsWait(admin, writer);
    const hanging = writer.query('update t set version = 5 where id = 1500').catch(() => undefined);
    receiver.judge = ({ value }) => (value?.op === 'r' && (value.after?.id ?? 0) > 1_000 ? 503 : 200);
    await until(() => expect(ofRow()).toEqual([5]));
    expect(await waiting(admin)).toHaveLength(1);
    await first.kill9();
    receiver.judge = () => 200;
    second = await PipelineProcess.start(file, stream);
    await until(() => expect(second?.stats?.snapshotWaitsFor).toContain('does not show to readers yet'));
    expect((await admin.query('select version from t where id = 1500')).rows).toEqual([{ version: 0 }]);
    expect(ofRow()).not.toContain(0);
    await letGo(admin);
    await hanging;
    await until(() => expect(second?.states).toContain('streaming'));
    expect(new Set(ofRow())).toEqual(new Set([5]));
  } finally {
    await Promise.all([first.kill9(), second?.kill9()]);
    await Promise.all([admin.end(), writer.end(), receiver.stop(), stream.dispose().catch(() => undefined)]);
    await Promise.all([server.stop(), catalog.drop()]);
  }
});
