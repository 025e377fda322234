import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogDatabase, freePort, startPostgres } from '@/worker/testing/postgres';
import { migrate } from './migrate';
import { startCluster } from './postgres';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'spillway-launch-'));
  chmodSync(home, 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a server left behind with the same arguments is adopted, one with other arguments is replaced', async () => {
  const options = { dir: join(home, 'data'), port: await freePort(), password: 'first' };
  const first = await startCluster(options);
  await first.createDatabase('shop');
  await first.createDatabase('shop');

  const again = await startCluster(options);
  expect(again).toMatchObject({ adopted: true, pid: first.pid });

  const changed = await startCluster({ ...options, settings: { max_slot_wal_keep_size: '128MB' } });
  expect(changed.adopted).toBe(false);
  expect(changed.pid).not.toBe(first.pid);
  expect(await ask(changed.url('shop'), 'show max_slot_wal_keep_size')).toEqual([{ max_slot_wal_keep_size: '128MB' }]);
  await changed.stop();
  await expect(ask(changed.url('shop'), 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test('a wrong password is said at once, with the folder that it does not fit', async () => {
  const options = { dir: join(home, 'data'), port: await freePort(), password: 'first' };
  await (await startCluster(options)).stop();
  await expect(startCluster({ ...options, password: 'second' })).rejects.toThrow(/password does not fit the data in/);
});

test('slot and rows survive SIGKILL of the server', async () => {
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    await ask(url, 'create table t (id int)');
    await ask(url, "select pg_create_logical_replication_slot('spillway_kill', 'pgoutput')");
    await ask(url, 'insert into t select generate_series(1, 100)');
    await server.kill9();
    await expect(ask(url, 'select 1')).rejects.toThrow();
    await server.restart();
    expect(await ask(url, 'select count(*)::int as rows from t')).toEqual([{ rows: 100 }]);
    expect(await ask(url, 'select slot_name from pg_replication_slots')).toEqual([{ slot_name: 'spillway_kill' }]);
  } finally {
    await server.stop();
  }
});

test('migrations are applied once and a second run finds nothing to do', async () => {
  const catalog = await catalogDatabase();
  const other = await catalogDatabase();
  expect(other.name).not.toBe(catalog.name);
  expect(await migrate(catalog.url)).toEqual([]);
  const [row] = await ask(catalog.url, 'select count(*)::int as done from _prisma_migrations where finished_at is not null');
  expect(row?.done).toBeGreaterThan(0);
  await ask(catalog.url, "update _prisma_migrations set checksum = 'other'");
  await expect(migrate(catalog.url)).rejects.toThrow(/was edited after it was applied/);
  await Promise.all([catalog.drop(), other.drop()]);
});

test('a migration that fails leaves nothing behind', async () => {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  mkdirSync(join(home, 'm/1_first'), { recursive: true });
  writeFileSync(join(home, 'm/1_first/migration.sql'), 'create table a (id int); create table a (id int);');
  const catalog = await catalogDatabase();
  await expect(migrate(catalog.url, join(home, 'm'))).rejects.toThrow(/Migration 1_first failed: relation "a" already exists/);
  writeFileSync(join(home, 'm/1_first/migration.sql'), 'create table a (id int);');
  expect(await migrate(catalog.url, join(home, 'm'))).toEqual(['1_first']);
  await catalog.drop();
});
