import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Cluster, startCluster } from '@/local/postgres';
import { freePort } from './postgres';

/** A primary and its standby, which syncs failover slots (PostgreSQL 17 and later), both on 127.0.0.1. */
export interface PostgresPair {
  /** The first primary. */
  readonly primary: Cluster;
  readonly standby: Cluster;
  readonly password: string;
  /** Whether the standby takes slots over; off at first, because an idle sync worker sleeps for up to 30 s. */
  syncSlots(value: 'on' | 'off'): Promise<void>;
  /** Ends the standby's recovery; resolves when it takes writes. */
  promote(): Promise<void>;
  /** Starts the first primary again on its own data, as one that nobody demoted. */
  reviveOldPrimary(): Promise<Cluster>;
  /** Stops both and removes their data. */
  stop(): Promise<void>;
}

const STANDBY_SLOT = 'sb1';

/**
 * Makes a primary, copies it while it runs, and starts the copy as a standby. The npm packages of PostgreSQL bring no pg_basebackup,
 * so this does what it does (Postgres docs, 25.3.3: low level base backup). Commits wait for the standby, and logical slots wait for
 * its slot, so that a promotion forgets nothing that was committed.
 */
export async function startPair(majorVersion = 18): Promise<PostgresPair> {
  const home = mkdtempSync(join(tmpdir(), 'spillway-pair-'));
  chmodSync(home, 0o755); // the servers may run as another user, who has to get to their data
  const password = randomBytes(9).toString('base64url');
  const start = async (name: string, settings: Record<string, string>, port?: number) =>
    startCluster({
      dir: join(home, name),
      port: port ?? (await freePort()),
      password,
      majorVersion,
      logFile: join(home, `${name}.log`),
      settings: { fsync: 'off', shared_buffers: '32MB', ...settings },
    });
  let revived: Cluster | null = null;
  const primary = await start('primary', { synchronized_standby_slots: STANDBY_SLOT, synchronous_standby_names: STANDBY_SLOT });
  await copyWhileRunning(primary, join(home, 'standby'));
  const standby = await start('standby', {
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=${password} dbname=postgres application_name=${STANDBY_SLOT}`,
    primary_slot_name: STANDBY_SLOT,
    hot_standby_feedback: 'on',
    wal_receiver_status_interval: '1s',
  });
  return {
    primary,
    standby,
    password,
    syncSlots: (value) =>
      on(standby, async (client) => {
        await client.query(`alter system set sync_replication_slots = ${value}`);
        await client.query('select pg_reload_conf()');
      }),
    promote: () => on(standby, async (client) => void (await client.query('select pg_promote(true, 30)'))),
    async reviveOldPrimary() {
      revived = await start('primary', {}, primary.port);
      return revived;
    },
    async stop() {
      await Promise.all([primary.stop(), standby.stop(), revived?.stop()]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function copyWhileRunning(primary: Cluster, to: string): Promise<void> {
  await on(primary, async (client) => {
    // The synchronous standby does not exist yet.
    await client.query('set synchronous_commit = local');
    await client.query('select pg_create_physical_replication_slot($1, true)', [STANDBY_SLOT]);
    await client.query(`select pg_backup_start('pair', true)`);
    execFileSync('cp', ['-a', primary.dir, to]);
    const label = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    writeFileSync(join(to, 'backup_label'), label.rows[0]?.labelfile ?? '');
  });
  for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(to, name), { force: true });
  for (const slot of readdirSync(join(to, 'pg_replslot'))) rmSync(join(to, 'pg_replslot', slot), { recursive: true });
  writeFileSync(join(to, 'standby.signal'), '');
  execFileSync('chown', ['--reference', primary.dir, join(to, 'backup_label'), join(to, 'standby.signal')]);
}

async function on<T>(server: Cluster, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
