import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './fingerprint.mjs';

const LONGEST_FILE = 400;
const SOURCE = /\.(ts|tsx|mts|mjs|js|css|sql)$/;
const NOT_OURS = new Set([
  'node_modules',
  '.git',
  '.next',
  '.spillway',
  'dist',
  'generated',
  'migrations',
  'test-results',
  'playwright-report',
]);
const NAMELESS = new Set(['src', 'lib', 'utils', 'helpers', 'common', 'types']);
const PURE = /^core\/(spec|lifecycle|policy|postgres|dto)\//;

/**
 * What neither the linter nor the compiler sees: one sentence for each breach, empty when all is well.
 * @param {string} [root]
 * @returns {string[]}
 */
export function structureBreaches(root = ROOT) {
  return [...walk(root, '')];
}

/** @param {string} root @param {string} folder @returns {Generator<string>} */
function* walk(root, folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (NOT_OURS.has(entry.name)) continue;
      if (NAMELESS.has(entry.name)) yield `${path}/: name the concept, a folder called ${entry.name} says nothing`;
      yield* walk(root, path);
    } else if (entry.isFile() && SOURCE.test(entry.name) && entry.name !== 'next-env.d.ts') {
      yield* breachesIn(path, readFileSync(join(root, path), 'utf8'));
    }
  }
}

/** @param {string} path @param {string} text @returns {Generator<string>} */
function* breachesIn(path, text) {
  const lines = text.split('\n').length - 1;
  const name = basename(path);
  if (lines > LONGEST_FILE) yield `${path}: ${lines} lines, ${LONGEST_FILE} at most; split it by what it does`;
  if (/^index\.(ts|tsx|mjs|js)$/.test(name)) yield `${path}: no barrels; import from the file that has it`;
  if (!/^[a-z0-9_[\].-]+$/.test(name)) yield `${path}: file names are kebab-case`;
  if (/\.(test|spec)\.tsx?$/.test(name) && path !== 'local/boundaries.test.ts' && path !== 'local/structure.test.ts') {
    const skipped = /\b(test|it|describe)\.(only|skip|todo|fixme)\b(?!If)/.exec(text);
    if (skipped) yield `${path}: ${skipped[0]} left in a test`;
  }
  const clock = PURE.test(path) && !/\.test\./.test(name) ? /\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\(\)/.exec(text) : null;
  if (clock) yield `${path}: ${clock[0]} in a pure folder; take it as a parameter`;
  const silenced = /@ts-ignore|@ts-nocheck|biome-ignore|eslint-disable/.exec(text);
  if (silenced && !path.startsWith('local/structure')) yield `${path}: ${silenced[0]}; mend the cause instead`;
}
