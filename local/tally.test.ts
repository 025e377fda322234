import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { closingLine, playwrightTally, sum, tally, vitestTally } from './tally.mjs';

const folder = mkdtempSync(join(tmpdir(), 'spillway-tally-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const file = (status: string, ...tests: string[]) => ({
  status,
  name: '/x/a.test.ts',
  assertionResults: tests.map((each) => ({ status: each, fullName: 'a test' })),
});

test('tests are counted by their outcome, and a skipped one is named', () => {
  const counts = vitestTally(report({ testResults: [file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed')] }), false);
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 1, reasons: ['x/a.test.ts: a test'] });
});

test('a file that did not load is a failure', () => {
  expect(vitestTally(report({ testResults: [file('failed')] }), false).failed).toBe(1);
});

test('no report, half a report, no test at all and a bad exit are failures', () => {
  expect(vitestTally(join(folder, 'none.json'), true).failed).toBe(1);
  expect(vitestTally(report('{"testRes'), true).failed).toBe(1);
  expect(vitestTally(report({ testResults: [] }), true).failed).toBe(1);
  expect(vitestTally(report({ testResults: [file('passed', 'passed')] }), false).failed).toBe(1);
  expect(playwrightTally(report({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }), true).failed).toBe(1);
});

test('a flaky browser test counts as failed', () => {
  const skipped = { title: 'sends mail', tests: [{ status: 'skipped', annotations: [{ description: 'no mail server' }] }] };
  const suites = [{ suites: [{ specs: [skipped] }] }];
  const counts = playwrightTally(report({ stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 1 }, suites }), true);
  expect(counts).toMatchObject({ passed: 3, failed: 1, skipped: 1, reasons: ['browser: sends mail: no mail server'] });
});

test('the closing line sums everything', () => {
  const all = sum([tally({ passed: 3 }), tally({ failed: 1, skipped: 2, reasons: ['no broker'] })]);
  expect(closingLine(all)).toBe('3 passed, 1 failed, 2 skipped');
  expect(all.reasons).toEqual(['no broker']);
});
