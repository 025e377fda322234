import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealSecret } from '@/core/secrets/seal';
import { loadOrCreateKey } from './key-file';
import { openSecret } from './open-secret';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const context = { kind: 'source', id: 'a', version: 1 } as const;

test('the first start makes a key that only its owner can read, later starts find it', () => {
  const path = join(folder, 'deep', 'worker.key');
  const made = loadOrCreateKey(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(loadOrCreateKey(path)).toEqual(made);
  expect(openSecret(sealSecret('s3cret', made.publicKey, context), made.privateKey, context)).toBe('s3cret');
});

test('a file that holds no key is never replaced', () => {
  const path = join(folder, 'worker.key');
  writeFileSync(path, 'something else');
  expect(() => loadOrCreateKey(path)).toThrow(/does not hold/);
  expect(readFileSync(path, 'utf8')).toBe('something else');
});

test('a sealed secret opens only with its key, in its place and unchanged', () => {
  const key = loadOrCreateKey(join(folder, 'one.key'));
  const other = loadOrCreateKey(join(folder, 'two.key'));
  const sealed = sealSecret('s3cret', key.publicKey, context);
  const flipped = `${sealed.slice(0, -2)}${sealed.endsWith('A') ? 'BB' : 'AA'}`;
  for (const attempt of [
    () => openSecret(sealed, other.privateKey, context),
    () => openSecret(sealed, key.privateKey, { ...context, id: 'b' }),
    () => openSecret(sealed, key.privateKey, { ...context, version: 2 }),
    () => openSecret(flipped, key.privateKey, context),
    () => openSecret('s3cret', key.privateKey, context),
  ]) {
    expect(attempt).toThrow(expect.objectContaining({ kind: 'secret_unreadable', message: expect.not.stringContaining('s3cret') }));
  }
});
