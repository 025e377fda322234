import pg from 'pg';
import { catalogDatabase, SHARED_POSTGRES, startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import type { BenchContext } from './benchmark';

/** fsync off: a drain reads WAL, and how fast it was written before is no part of the figure. Nothing runs beside it by itself. */
const DRAIN_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  shared_buffers: '512MB',
  autovacuum: 'off',
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  max_replication_slots: '100',
  max_wal_senders: '100',
  wal_sender_timeout: '60s',
};

/** A PostgreSQL server of the benchmark's own, stopped at its end. */
export async function benchServer(context: BenchContext, settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const all = { ...DRAIN_SETTINGS, ...settings };
  const server = await startPostgres({ settings: all });
  context.cleanup(() => server.stop());
  await withClient(server.url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    context.note('source server', `PostgreSQL ${rows[0]?.server_version}, 127.0.0.1 over TCP, ${settingsText(all)}`);
  });
  return server;
}

/** A catalog on a server apart from the source, as where Spillway is run; returns its URL. */
export async function benchCatalog(context: BenchContext): Promise<string> {
  const server = await startPostgres({ settings: { fsync: 'on', shared_buffers: '256MB', max_wal_size: '8GB' } });
  context.cleanup(() => server.stop());
  process.env[SHARED_POSTGRES] = server.url;
  const catalog = await catalogDatabase();
  return catalog.url;
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connected(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const settingsText = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
