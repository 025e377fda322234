import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { PatroniPeer } from '@/worker/testing/patroni/patroni-peer';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { connectionOf } from './fixture';
import { preflight } from './preflight';
import { ensureSlot } from './slot';
import { dropSlotAndPublication } from './slot-drop';

const STREAM = '5b6c7d8e-0000-4000-8000-000000000001';
const NAME = 'spillway_patroni_5b6c7d8e';

let database: TestDatabase;
let client: pg.Client;
let peer: PatroniPeer;
beforeAll(async () => {
  database = await emptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  peer = await PatroniPeer.start(database.url);
  await client.query(`create table t (id int primary key); create publication ${NAME} for table t`);
});
afterAll(async () => {
  peer.config.slots = {};
  await vi.waitFor(async () => expect(await slots()).toEqual([]), { timeout: 90_000 });
  await peer.stop();
  await client.end();
  await database.drop();
});

const slots = async () =>
  (await client.query('select slot_name from pg_replication_slots where database = current_database() order by 1')).rows.map(
    ({ slot_name }) => slot_name,
  );
const named = () => ({ streamId: STREAM, epoch: 1, slotName: NAME, publicationName: NAME, recorded: null, exportSnapshot: true });
const source = () => ({ ...connectionOf(database.url), patroniUrl: peer.url });

it('a slot made by plain SQL is dropped; one that Patroni was asked for stays until Patroni is told to drop it', async () => {
  const bySql = await ensureSlot({ ...named(), source: connectionOf(database.url), exportSnapshot: false });
  expect(bySql.created).toBe(true);
  await vi.waitFor(async () => expect(await slots()).toEqual([]), { timeout: 90_000 });

  const made = await ensureSlot({ ...named(), source: source() });
  expect(made).toMatchObject({ created: true, snapshot: null, consistentPoint: made.confirmedFlushLsn });
  expect(peer.config.slots[NAME]).toEqual({ type: 'logical', database: database.name, plugin: 'pgoutput' });
  // Found again, never made anew: the crash between the slot and its record.
  expect(await ensureSlot({ ...named(), source: source() })).toMatchObject({ created: false, confirmedFlushLsn: made.confirmedFlushLsn });
  expect(await slots()).toEqual([NAME]);

  const left = await dropSlotAndPublication({ source: source(), streamId: STREAM, slotName: NAME, publicationName: NAME });
  expect(left).toEqual({ slots: 0, publications: 0, walsenders: 0 });
  expect(peer.config.slots).toEqual({});
  await client.query(`create publication ${NAME} for table t`);
});

it('says what to do when Patroni refuses, sleeps, or is not there', async () => {
  peer.refuses = 401;
  const refused = ensureSlot({ ...named(), source: source() });
  await expect(refused).rejects.toMatchObject({ kind: 'source_permission', detail: { remedy: expect.stringContaining('allowlist') } });
  peer.refuses = null;
  peer.asleep = true;
  await expect(ensureSlot({ ...named(), source: source(), lockTimeoutMs: 300 })).rejects.toMatchObject({ kind: 'slot_creation_blocked' });
  peer.asleep = false;
  const nobody = { ...source(), patroniUrl: 'http://127.0.0.1:9' };
  await expect(ensureSlot({ ...named(), slotName: `${NAME}_2`, source: nobody })).rejects.toMatchObject({ kind: 'source_unreachable' });
});

it('a source that Patroni runs is refused without the URL, with the remedy', async () => {
  const stepOf = async (at: Parameters<typeof preflight>[0]['source']) =>
    (await preflight({ source: at })).find(({ name }) => name === 'Patroni');
  expect(await stepOf(connectionOf(database.url))).toMatchObject({ status: 'failed', remedy: expect.stringContaining('Patroni URL') });
  expect(await stepOf(source())).toMatchObject({ status: 'ok', finding: expect.stringContaining('cluster shop') });
});
