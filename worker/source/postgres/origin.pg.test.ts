import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreChange, storeChange } from '@/worker/source/stored-change';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { preflight } from './preflight';
import { openSubscription } from './subscription';

let db: SourceFixture;
const origins: string[] = [];
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(async () => {
  for (const name of origins.splice(0)) await db.query('select pg_replication_origin_drop($1)', [name]);
  await db.drop();
});

/** Writes one row as a subscriber does that replicates it from elsewhere, and one of the server's own. */
async function writeBoth(): Promise<string> {
  const name = `upstream "${db.source.database}"`;
  await db.query('select pg_replication_origin_create($1)', [name]);
  origins.push(name);
  await db.query('select pg_replication_origin_session_setup($1)', [name]);
  await db.query(`begin; select pg_replication_origin_xact_setup('0/ABCDEF', now()); insert into t values (1); commit`);
  await db.query('select pg_replication_origin_session_reset()');
  await db.query('insert into t values (2)');
  return name;
}

it('a transaction names its origin, kept with its changes; with origin none only own changes come', async () => {
  await db.query('create table t (id int primary key)');
  await db.provision('t');
  const name = await writeBoth();
  const received = await db.subscribe();
  await received.until((items) => items.filter(({ kind }) => kind === 'commit').length === 2);
  const [foreign, own] = received.changes();
  expect(foreign?.transaction).toMatchObject({ origin: name, originLsn: 0xabcdefn });
  expect(own?.transaction).not.toHaveProperty('origin');
  for (const change of [foreign, own]) {
    if (change) expect(restoreChange(storeChange(change)).transaction).toEqual(change.transaction);
  }
  await received.subscription.close();

  const [server] = await db.query(`select current_setting('server_version_num')::int as version`);
  const steps = await preflight({ source: db.source, spec: specFor('t', { origin: 'none' }) });
  const items: unknown[] = [];
  const { source, streamId, slotName, publicationName } = db;
  const filtered = openSubscription({ source, streamId, epoch: 2, slotName, publicationName, origin: 'none' }, (item) => {
    if (item.kind === 'change') items.push(item.change.after?.[0]);
  });
  if (Number(server?.version) < 160_000) {
    expect(steps.find((step) => step.name === 'Origin')?.status).toBe('failed');
    await expect(filtered).rejects.toMatchObject({ kind: 'source_not_ready' });
    return;
  }
  expect(steps.find((step) => step.name === 'Origin')?.status).toBe('ok');
  const subscription = await filtered;
  await expect.poll(() => items, { timeout: 30_000 }).toEqual(['2']);
  await subscription.close();
});
