import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];

/** Ends the process with a sentence when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  console.error(`Spillway needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/**
 * `npm ci` when node_modules is missing or was installed from another package-lock.json.
 * @param {(line: string) => void} say
 */
export function install(say) {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const note = join(ROOT, 'node_modules/.spillway-lock');
  const isThere = existsSync(join(ROOT, 'node_modules/tsx'));
  if (isThere && existsSync(note) && readFileSync(note, 'utf8') === lock) return;
  if (isThere && isInstalledFromLock()) return writeFileSync(note, lock);
  say('installing packages (npm ci), about a minute the first time');
  const began = performance.now();
  // NODE_ENV=production would leave out what the build needs.
  const env = { ...process.env, NODE_ENV: 'development' };
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT, stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`npm ci ended with ${status}. Its message is above.`);
    process.exit(1);
  }
  writeFileSync(note, lock);
  say(`installed in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

/** Somebody ran npm install or npm ci by hand: npm's own note of what is installed then names the same versions as the lock file. */
function isInstalledFromLock() {
  try {
    const installed = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8')).packages;
    const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version);
  } catch {
    return false;
  }
}
