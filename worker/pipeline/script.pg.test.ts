import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ScriptConversionSpec, scriptConversion } from '@/core/spec/script-conversion';
import { bundle } from '@/local/bundle.mjs';
import { processFacts } from '@/local/process-table';
import { judge } from '@/worker/testing/invariants';
import { createOracleTable, Oracle } from '@/worker/testing/oracle';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { PipelineProcess, Receiver, TestStream } from './test-harness';

let folder: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let stream: TestStream;
let sql: pg.Client;
let pipeline: PipelineProcess | undefined;

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 120_000, interval: 100 });

const SCRIPT: ScriptConversionSpec = scriptConversion.parse({
  type: 'Script',
  code: `
    interface Row { id: number; version: number }
    export default function ({ value }: { value: { op: string; after: Row | null } }) {
      if (value.after?.version === -1) for (;;);
      return { value: { ...value, seen: 'by the script' } };
    }`,
});

/** The stream with a script. */
const scripted = {
  async assignment() {
    const assignment = await stream.assignment();
    return { ...assignment, spec: { ...assignment.spec, conversions: [SCRIPT] } };
  },
};

function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' '));
  return children.filter(Boolean).map(Number);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-scripted-'));
  await bundle({ pipeline: 'worker/pipeline/main.ts', 'script-sandbox': 'worker/flow/script/sandbox-main.ts' }, folder);
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await createOracleTable(source.url, 't');
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 't', receiverUrl: receiver.url });
});
afterEach(async () => {
  await pipeline?.kill9();
  await sql.end();
  await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
  rmSync(folder, { recursive: true, force: true });
});

it('a script in a pipeline: nothing lost or reordered through kill -9, no sandbox left behind, and a row that it loops on is a dead letter', async () => {
  const start = async () => {
    pipeline = await PipelineProcess.start(join(folder, 'pipeline.mjs'), scripted);
    return pipeline;
  };
  let running = await start();
  await until(() => expect(running.states.at(-1)).toBe('streaming'));
  const oracle = new Oracle({ url: source.url, table: 't', seed: 4912, keys: 100, pauseMs: 4 });
  let writing = true;
  const load = oracle.run(100_000, () => !writing);
  for (let kill = 0; kill < 2; kill++) {
    const before = receiver.arrivals.length;
    await until(() => expect(receiver.arrivals.length).toBeGreaterThan(before + 20));
    const sandboxes = childrenOf(running.pid);
    expect(sandboxes).toHaveLength(1);
    await running.kill9();
    await until(() => expect(sandboxes.filter(processFacts)).toEqual([]));
    running = await start();
  }
  await sql.query('insert into t values (1000000, 1), (1000001, 1)');
  await sql.query('update t set version = -1 where id = 1000000');
  await sql.query('update t set version = 2 where id = 1000001');
  await until(async () => expect(await stream.letters()).toMatchObject([{ status: 'open', key_text: '{"id":1000000}' }]));
  writing = false;
  await load;
  await oracle.close();
  const ofOracle = () => receiver.arrivals.filter(({ key }) => !key?.startsWith('{"id":100000'));
  await until(() => expect(judge(oracle.committed, ofOracle()).problems).toEqual([]));
  const versions = (id: number) =>
    receiver.arrivals.flatMap(({ key, value }) => (key === `{"id":${id}}` && value?.after ? [value.after.version] : []));
  await until(() => expect([new Set(versions(1_000_000)), new Set(versions(1_000_001))]).toEqual([new Set([1]), new Set([1, 2])]));
  const unseen = receiver.arrivals.filter(({ value }) => value && value.seen !== 'by the script');
  expect(unseen).toEqual([]);
  const [letter] = await stream.query('select error_message from dead_letter');
  expect(letter?.error_message).toMatch(/^line 4, column \d+: the script ran longer than 100 ms$/);
  expect(await running.stop()).toBe(0);
});
