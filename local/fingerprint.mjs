import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

// Beside the build's output and not in a state folder of the launcher: every instance of one checkout shares the build.
const STAMPS = join(ROOT, '.spillway/stamps.json');

/**
 * A hash over the contents of files and folders (names relative to the checkout; a missing one counts as empty).
 * Tests are left out: they are no part of what is built.
 * @param {string[]} inputs
 */
export function fingerprint(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs.flatMap((input) => filesUnder(input))) {
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !/\.test\.tsx?$/.test(entry.name) && entry.name !== 'node_modules')
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap(filesUnder);
}

/** Whether `name` was last finished with this fingerprint. @param {string} name @param {string} value */
export function isFresh(name, value) {
  return stamps()[name] === value;
}

/** Remembers that `name` is finished for this fingerprint. @param {string} name @param {string} value */
export function stamp(name, value) {
  mkdirSync(join(ROOT, '.spillway'), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify({ ...stamps(), [name]: value }, null, 2)}\n`);
}

/** @returns {Record<string, string>} */
function stamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}
