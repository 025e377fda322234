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
    expect(await link.query('select $1::int as use', [use])).toEqual([{ use }]);
    expect(await connections()).toBe(1);
    await expect.poll(connections, { timeout: 15_000, interval: 100 }).toBe(0);
  }
  await link.close();
});
