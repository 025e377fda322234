import { spawn, spawnSync } from 'node:child_process';
import { PUBLICATION } from './backlog';

/** Why pg_recvlogical can not run here; undefined when it can. */
export function recvlogicalMissing(): string | undefined {
  const found = spawnSync('pg_recvlogical', ['--version'], { encoding: 'utf8' });
  return found.status === 0 ? undefined : 'pg_recvlogical is not on the PATH (Debian: postgresql-client)';
}

export const recvlogicalVersion = (): string => spawnSync('pg_recvlogical', ['--version'], { encoding: 'utf8' }).stdout.trim();

/** Postgres' own client: reads up to `end` and throws away what comes. `ended` rejects when it fails. */
export function startRecvlogical(url: string, slot: string, end: string): { readonly pid: number; readonly ended: Promise<void> } {
  const { hostname, port, pathname, username, password } = new URL(url);
  const where = ['-h', hostname, '-p', port, '-U', decodeURIComponent(username), '-d', pathname.slice(1)];
  const what = [
    '--start',
    '-S',
    slot,
    '-f',
    '/dev/null',
    `--endpos=${end}`,
    '-o',
    'proto_version=1',
    '-o',
    `publication_names=${PUBLICATION}`,
  ];
  const child = spawn('pg_recvlogical', [...where, ...what], {
    env: { ...process.env, PGPASSWORD: decodeURIComponent(password) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`pg_recvlogical ended with code ${code}: ${Buffer.concat(errors).toString().trim()}`));
    });
  });
  ended.catch(() => undefined);
  return { pid: child.pid ?? 0, ended };
}
