import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serverUser } from '@/local/postgres-place';
import { freePort } from '../postgres';

const POSTGRES_BIN = '/usr/lib/postgresql/15/bin';
const PACKAGES = ['patroni', 'etcd-server', 'postgresql-15'];
/** Seconds: Patroni's shortest sensible figures, so that a failover takes about `ttl`. */
const TIMES = { ttl: 20, loop_wait: 2, retry_timeout: 5 };

interface Member {
  readonly name: string;
  readonly port: number;
  readonly restUrl: string;
  readonly dataDir: string;
  readonly patroni: ChildProcess;
}

/** Installs what is missing (Debian, as root), or throws with what to install. */
export function requirePatroni(): void {
  if (['/usr/bin/patroni', '/usr/bin/etcd', `${POSTGRES_BIN}/postgres`].every((file) => existsSync(file))) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`Install ${PACKAGES.join(', ')} first (Debian 12 has them).`);
  process.stdout.write(`installing ${PACKAGES.join(', ')}\n`);
  // Runlevel 1: the packages start no service of their own.
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Two PostgreSQL 15 servers under the real Patroni, with etcd, all on 127.0.0.1. Commits wait for the other server. */
export class PatroniCluster {
  readonly password = randomBytes(9).toString('hex');
  readonly home = mkdtempSync(join(tmpdir(), 'spillway-patroni-'));
  readonly members: Member[] = [];
  private readonly started: ChildProcess[] = [];
  private readonly user = serverUser();

  static async start(): Promise<PatroniCluster> {
    const cluster = new PatroniCluster();
    chmodSync(cluster.home, 0o755);
    const etcd = { client: await freePort(), peer: await freePort() };
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${etcd.client}`, `http://127.0.0.1:${etcd.peer}`];
    cluster.run('etcd', '/usr/bin/etcd', [
      ...['--name', 'e1', '--data-dir', cluster.folder('etcd'), '--initial-cluster', `e1=${peerUrl}`],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ]);
    for (const name of ['n1', 'n2']) {
      cluster.members.push(await cluster.startMember(name, etcd.client));
      // The second copies the first, which has to be there.
      if (name === 'n1') await cluster.leader(60_000);
    }
    return cluster;
  }

  url(member: Member): string {
    return `postgres://postgres:${this.password}@127.0.0.1:${member.port}/postgres`;
  }

  /** The member that holds the leader's lock, as its own Patroni says (GET /primary), and takes writes. */
  async leader(patienceMs: number): Promise<Member> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
      for (const member of this.members) {
        if (member.patroni.exitCode !== null || member.patroni.signalCode !== null) continue;
        const answer = await fetch(`${member.restUrl}/primary`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
        // The lock is taken before the promotion is over.
        if (answer?.status === 200 && (await takesWrites(this.url(member)))) return member;
      }
    }
    throw new Error(`no leader within ${patienceMs / 1000} s; logs are in ${this.home}`);
  }

  /** SIGKILL to a member's Patroni and to its whole PostgreSQL, as a machine that is gone. */
  async kill9(member: Member): Promise<void> {
    const postmaster = Number(readFileSync(join(member.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    member.patroni.kill('SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && existsSync(`/proc/${postmaster}`); ) await sleep(50);
  }

  async stop(): Promise<void> {
    for (const { dataDir } of this.members) {
      const file = join(dataDir, 'postmaster.pid');
      const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
      if (pid > 0 && existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir))
        process.kill(pid, 'SIGKILL');
    }
    for (const child of [...this.started].reverse()) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await sleep(500);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private async startMember(name: string, etcdPort: number): Promise<Member> {
    const [port, restPort] = [await freePort(), await freePort()];
    const dataDir = join(this.folder(name), 'data');
    const parameters = { wal_level: 'logical', hot_standby_feedback: 'on', max_wal_senders: 10, max_replication_slots: 10 };
    const config = {
      scope: 'spillway',
      name,
      restapi: { listen: `127.0.0.1:${restPort}`, connect_address: `127.0.0.1:${restPort}` },
      etcd3: { hosts: [`127.0.0.1:${etcdPort}`] },
      bootstrap: {
        dcs: { ...TIMES, synchronous_mode: true, postgresql: { use_pg_rewind: false, use_slots: true, parameters } },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }],
        pg_hba: ['host all all 127.0.0.1/32 scram-sha-256', 'host replication all 127.0.0.1/32 scram-sha-256'],
      },
      postgresql: {
        listen: `127.0.0.1:${port}`,
        connect_address: `127.0.0.1:${port}`,
        data_dir: dataDir,
        bin_dir: POSTGRES_BIN,
        pgpass: join(this.folder(name), 'pgpass'),
        authentication: {
          superuser: { username: 'postgres', password: this.password },
          replication: { username: 'replicator', password: this.password },
        },
        parameters: { unix_socket_directories: this.folder(name), fsync: 'off' },
      },
    };
    const file = join(this.folder(name), 'patroni.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(config, null, 1), { mode: 0o600 });
    this.own(file);
    const patroni = this.run(name, '/usr/bin/patroni', [file]);
    return { name, port, restUrl: `http://127.0.0.1:${restPort}`, dataDir, patroni };
  }

  private folder(name: string): string {
    const folder = join(this.home, name);
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 });
      this.own(folder);
    }
    return folder;
  }

  private own(path: string): void {
    if (this.user) chownSync(path, this.user.uid, this.user.gid);
  }

  private run(name: string, command: string, args: readonly string[]): ChildProcess {
    const child = spawn(command, args, {
      cwd: '/',
      ...(this.user ? { uid: this.user.uid, gid: this.user.gid } : {}),
      env: { ...process.env, HOME: this.home, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(this.home, `${name}.log`), { flags: 'a' });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    this.started.push(child);
    return child;
  }
}

async function takesWrites(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')).rows[0]?.standby === false;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
