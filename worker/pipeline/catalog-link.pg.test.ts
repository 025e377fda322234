import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { CatalogLink } from './catalog-link';

let database: TestDatabase;
let looking: pg.Client;
beforeAll(async () => {
  database = await emptyDatabase();
  looking = new pg.Client({ connectionString: database.url });
  await looking.connect();
});
afterAll(async () => {
  await looking.end();
  await database.drop();
});
const connections = async () =>
  (await looking.query('select 1 from pg_stat_activity where datname = current_database() and application_name = $1', ['idle-link']))
    .rowCount;

test('a link that nobody uses holds no connection, and opens one again', async () => {
  const link = new CatalogLink(database.url, 'idle-link');
  for (const use of [1, 2]) {
    const backend = 'select $1::int as use, pg_backend_pid() as pid';
    const [first] = await link.query<{ use: number; pid: number }>(backend, [use]);
    expect(first).toMatchObject({ use });
    expect(await link.query(backend, [use]), 'the connection is kept for what follows').toEqual([first]);
    await expect.poll(connections, { timeout: 15_000, interval: 100 }).toBe(0);
  }
  await link.close();
});

test('where the catalog has no connection left it says so, and works as soon as there is one', async () => {
  await looking.query(`create role narrow login password 'narrow' connection limit 1`);
  const url = Object.assign(new URL(database.url), { username: 'narrow', password: 'narrow' }).href;
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  const link = new CatalogLink(url, 'narrow-link');
  for (const _ of [1, 2])
    await expect(link.query('select 1')).rejects.toMatchObject({ kind: 'catalog_unavailable', message: expect.stringContaining('53300') });
  await holder.end();
  await expect.poll(() => link.query('select 1 as one').catch(() => null), { timeout: 15_000, interval: 50 }).toEqual([{ one: 1 }]);
  await link.close();
  const theirs = `select 1 from pg_stat_activity where usename = 'narrow'`;
  await expect.poll(async () => (await looking.query(theirs)).rowCount, { timeout: 15_000, interval: 50 }).toBe(0);
  await looking.query('drop role narrow');
});
