import { execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, createDatabase } from './create-database';
import { dataFolder, nativeFolder, type ServerUser, serverUser } from './postgres-place';

export interface ClusterOptions {
  /** Data folder; made when missing. */
  dir: string;
  port: number;
  /** Password of the superuser `postgres`. */
  password: string;
  /** Server settings over the defaults, e.g. {max_slot_wal_keep_size: '1GB'}. */
  settings?: Record<string, string>;
  /** 18 (default) is the embedded server; another one has to be installed by the system. */
  majorVersion?: number;
  /** Where the server's log goes; default: `<dir>.log`. */
  logFile?: string;
  say?: (line: string) => void;
}

/** A running PostgreSQL server on 127.0.0.1. */
export interface Cluster {
  readonly port: number;
  readonly dir: string;
  readonly pid: number;
  /** True when a server that an earlier, killed run left behind was taken over instead of a new one started. */
  readonly adopted: boolean;
  /** Superuser's URL of a database. */
  url(database: string): string;
  createDatabase(name: string): Promise<void>;
  /** Fast shutdown; after 5 s an immediate one, because a replication client that never confirms holds a fast one up. */
  stop(): Promise<void>;
  /** SIGKILL to the postmaster, as a power cut would look to clients. */
  kill9(): Promise<void>;
}

const DEFAULTS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // no socket: avoids the 107-character limit of socket paths
  wal_level: 'logical',
  max_replication_slots: '50',
  max_wal_senders: '50',
  max_connections: '200',
  shared_buffers: '64MB',
};

/** Starts a server on the folder (initdb when it is empty), or adopts the one that already runs there with the same arguments. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const say = options.say ?? (() => undefined);
  const user = serverUser();
  const native = nativeFolder(options.majorVersion ?? 18, user, say);
  const dir = dataFolder(options.dir, user, say);
  const settings = Object.entries({ ...DEFAULTS, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [join(native, 'bin/postgres'), '-D', dir, '-p', String(options.port), ...settings];
  const url = (database: string) =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${encodeURIComponent(database)}`;

  const orphan = runningServer(dir);
  if (orphan && orphan.command.join(' ') === command.join(' ') && (await answers(url('postgres')))) {
    return cluster(orphan.pid, true);
  }
  if (orphan) {
    say(`stopping the Postgres that an earlier run left on ${dir} (pid ${orphan.pid})`);
    await stopServer(orphan.pid);
  }
  if (!existsSync(join(dir, 'PG_VERSION'))) initialise(native, dir, options.password, user);

  const logFile = options.logFile ?? `${dir}.log`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const pid = await launch(command, native, user, logFile);
    const failure = await untilReady(pid, url('postgres'), deadline);
    if (!failure) return cluster(pid, false);
    // Backends of a killed postmaster need a moment to notice; until then the shared memory is theirs.
    if (!/shared memory block|lock file/.test(failure) || Date.now() > deadline) {
      throw new Error(`Postgres on ${dir} did not start: ${failure}\nIts log: ${logFile}`);
    }
    await wait(200);
  }

  function cluster(pid: number, adopted: boolean): Cluster {
    return {
      port: options.port,
      dir,
      pid,
      adopted,
      url,
      createDatabase: (name) => createDatabase(url('postgres'), name),
      stop: () => stopServer(pid),
      kill9: async () => {
        process.kill(pid, 'SIGKILL');
        await gone(pid, 5_000);
      },
    };
  }

  async function untilReady(pid: number, at: string, until: number): Promise<string | undefined> {
    let last = 'no answer';
    while (Date.now() < until) {
      if (!isAlive(pid)) return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-4).join('\n');
      try {
        await ask(at, 'select 1');
        return undefined;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
        if (/password authentication failed/.test(last)) {
          await stopServer(pid);
          return `the password does not fit the data in ${dir}; remove that folder to begin anew`;
        }
        await wait(30);
      }
    }
    return last;
  }
}

/** Stops the server on this folder, if one runs, and removes its data, wherever that had to be put. */
export async function removeCluster(dir: string): Promise<void> {
  const at = dataFolder(dir, serverUser(), () => undefined);
  const server = runningServer(at);
  if (server) await stopServer(server.pid);
  rmSync(at, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function answers(url: string): Promise<boolean> {
  return ask(url, 'select 1').then(
    () => true,
    () => false,
  );
}

function initialise(native: string, dir: string, password: string, user: ServerUser | undefined): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (readdirSync(dir).length > 0) throw new Error(`${dir} is not empty and not a Postgres data folder`);
  if (user) chownSync(dir, user.uid, user.gid);
  const secret = mkdtempSync(join(tmpdir(), 'spillway-initdb-'));
  const passwordFile = join(secret, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [secret, passwordFile]) chownSync(path, user.uid, user.gid);
  try {
    const arguments_ = [
      '-D',
      dir,
      '-U',
      'postgres',
      '--pwfile',
      passwordFile,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ];
    execFileSync(join(native, 'bin/initdb'), arguments_, {
      ...user,
      cwd: '/',
      env: serverEnv(native),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
}

async function launch(command: string[], native: string, user: ServerUser | undefined, logFile: string): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  // A process group of its own: Ctrl-C in the terminal must reach the launcher only, which stops things in order.
  const child = spawn(command[0] ?? '', command.slice(1), {
    uid: user?.uid,
    gid: user?.gid,
    cwd: '/',
    detached: true,
    env: serverEnv(native),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('spawn', () => done(child.pid ?? 0));
  });
}

function serverEnv(native: string): NodeJS.ProcessEnv {
  return { NODE_ENV: 'production', PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', LD_LIBRARY_PATH: join(native, 'lib') };
}

/** Whether a server that was started from here runs on this folder. */
export function isServing(dir: string): boolean {
  return runningServer(dataFolder(dir, serverUser(), () => undefined)) !== undefined;
}

/** The live server on this folder, found by its postmaster.pid and by what the kernel says that this process runs. */
function runningServer(dir: string): { pid: number; command: string[] } | undefined {
  const file = join(dir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!isAlive(pid)) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const isOurs = command[0]?.endsWith('/postgres') && command.includes(dir);
  return isOurs ? { pid, command } : undefined;
}

async function stopServer(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 5_000],
    ['SIGQUIT', 2_500],
    ['SIGKILL', 1_000],
  ] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await gone(pid, patience)) return;
  }
}

async function gone(pid: number, patience: number): Promise<boolean> {
  for (const until = Date.now() + patience; Date.now() < until; await wait(20)) if (!isAlive(pid)) return true;
  return !isAlive(pid);
}

/** A process that exists and is not a zombie waiting for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
