import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { notRun, peersIn, peerTable } from './peers.mjs';

const folder = mkdtempSync(join(tmpdir(), 'spillway-peers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const broker = { of: 'Kafka', kind: 'real', name: 'a broker 4' };
const stand = { of: 'Bus', kind: 'ours', name: 'a stand-in', why: 'nobody publishes one' };
const queue = { of: 'Queue', kind: 'real', name: 'a queue 1', missing: 'Java 17 is not installed' };

test('each peer is one line of what ran, skipped where it was not there', () => {
  const file = join(folder, 'report.json');
  const of = (peer: object | null, ...statuses: string[]) => ({
    assertionResults: statuses.map((status) => ({ status, meta: peer ? { peer } : {} })),
  });
  const testResults = [of(broker, 'passed', 'passed', 'failed'), of(stand, 'passed'), of(queue, 'skipped', 'pending'), of(null, 'passed')];
  writeFileSync(file, JSON.stringify({ testResults }));
  expect(peerTable([...peersIn(file), notRun('all of the project kafka', 3, 'no broker')])).toEqual([
    '  Bus                       ours:    a stand-in (nobody publishes one): 1 passed',
    '  Kafka                     real:    a broker 4: 2 passed, 1 failed',
    '  Queue                     skipped: a queue 1 (Java 17 is not installed): 2 skipped',
    '  all of the project kafka  skipped: their peers (no broker): 3 skipped',
  ]);
});

test('a run without a report names no peers', () => {
  expect(peersIn(join(folder, 'none.json'))).toEqual([]);
});
