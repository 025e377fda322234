import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingEntries } from './complete-lockfile.mjs';

test('the lock file names the optional packages of every system, or `npm ci` refuses it (mend: node local/complete-lockfile.mjs)', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'));
  expect(Object.keys(missingEntries(lock.packages))).toEqual([]);
});

test('a missing package is added for its own system only', () => {
  const parent = {
    version: '1.0.0',
    dev: true,
    optionalDependencies: { '@x/cli-linux-arm64-musl': '1.0.0', '@x/oxide-wasm32-wasi': '1.0.0' },
  };
  expect(missingEntries({ 'node_modules/@x/cli': parent })).toEqual({
    'node_modules/@x/cli-linux-arm64-musl': { version: '1.0.0', cpu: ['arm64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
    'node_modules/@x/oxide-wasm32-wasi': { version: '1.0.0', cpu: ['wasm32'], dev: true, optional: true },
  });
  expect(
    missingEntries({ 'node_modules/@x/cli': parent, 'node_modules/@x/cli-linux-arm64-musl': {}, 'node_modules/@x/oxide-wasm32-wasi': {} }),
  ).toEqual({});
});
