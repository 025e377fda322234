import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { invalidationSentence } from '@/core/postgres/slot-health';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { readSlots } from './slot-observation';

let server: TestPostgres;
let client: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.stop();
});

const observed = async (name: string) => (await readSlots(client)).slots.find(({ slotName }) => slotName === name);

it('what is not known of a slot is unknown, not zero: a physical one that reserves nothing, and one that timed out', async () => {
  await client.query(`select pg_create_physical_replication_slot('bare'), pg_create_logical_replication_slot('idle', 'pgoutput')`);
  expect(await observed('bare')).toMatchObject({ retainedBytes: null, lagBytes: null, walStatus: null });
  const fresh = await observed('idle');
  expect(fresh).toMatchObject({ walStatus: 'reserved', invalidationReason: null });
  expect(fresh?.retainedBytes).toBeGreaterThanOrEqual(0);
  expect(fresh?.lagBytes).toBeGreaterThanOrEqual(0);

  const { rows } = await client.query(`select 1 from pg_settings where name = 'idle_replication_slot_timeout'`);
  // Postgres 18 and later; the checkpointer looks.
  if (rows.length === 0) return;
  await client.query(`alter system set idle_replication_slot_timeout = '1s'`);
  await client.query('select pg_reload_conf()');
  await vi.waitFor(
    async () => {
      await client.query('insert into told values (1)').catch(() => client.query('create table told (n int)'));
      await client.query('select pg_switch_wal()');
      await client.query('checkpoint');
      expect((await observed('idle'))?.invalidationReason).toBe('idle_timeout');
    },
    { timeout: 30_000, interval: 300 },
  );
  expect(await observed('idle')).toMatchObject({ walStatus: 'lost', retainedBytes: null, lagBytes: null });
  expect(invalidationSentence('idle_timeout')).toContain('idle_replication_slot_timeout');
});
