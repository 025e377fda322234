import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { structureBreaches } from './structure.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spillway-structure-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

test.each([
  ['core/long.ts', 'x;\n'.repeat(401), /401 lines, 400 at most/],
  ['core/spec/index.ts', '', /no barrels/],
  ['core/utils/a.ts', '', /name the concept/],
  ['core/BadName.ts', '', /kebab-case/],
  ['core/a.test.ts', "test.only('x', () => {});", /test\.only left in a test/],
  ['core/b.test.ts', "describe.skip('x', () => {});", /describe\.skip left in a test/],
  ['core/spec/a.ts', 'const now = Date.now();', /Date\.now\(\) in a pure folder/],
  ['core/control/a.ts', '// @ts-ignore\n', /@ts-ignore; mend the cause/],
])('%s is reported', (file, text, message) => {
  put(file, text);
  expect(structureBreaches(root)).toEqual([expect.stringMatching(message)]);
});

test('what is in order is not reported, nor what is not ours', () => {
  put('core/spec/a.ts', 'x;\n'.repeat(400));
  put('core/control/b.ts', 'const now = Date.now();');
  put('app/(portal)/streams/[id]/page.tsx', 'export {};');
  put('node_modules/x/index.js', '// @ts-ignore');
  expect(structureBreaches(root)).toEqual([]);
});
