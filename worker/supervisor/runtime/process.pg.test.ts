import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline } from '@/worker/pipeline/messages';
import { createLog } from '@/worker/telemetry/log';
import { specFor } from '../fixture-spec';
import type { PipelineHandle } from '../runtime';
import { ProcessRuntime } from './process';

/** Stands for a pipeline: does to its process what the name of its stream says. */
const SCRIPT = `
const keep = [];
process.on('message', (message) => {
  if (message.type === 'ping') process.send({ type: 'pong', nonce: message.nonce });
  if (message.type === 'stop' && name !== 'deaf') process.exit(0);
  if (message.type !== 'assign') return;
  name = message.assignment.streamName;
  if (name === 'loop') for (;;);
  if (name === 'crash') setTimeout(() => { throw new Error('a surprise'); }, 100);
  if (name === 'quit') process.exit(0);
  if (name === 'buffers') setInterval(() => keep.push(Buffer.alloc(32 * 1024 * 1024, 1)), 20);
  if (name === 'heap') setInterval(() => { for (let n = 0; n < 200000; n++) keep.push({ n, text: 'x' + n }); }, 1);
  if (name === 'env') process.send({ type: 'fault', errorKind: 'internal', message: JSON.stringify([Object.keys(process.env).sort(), process.argv.slice(2)]) }, () => process.exit(1));
  if (name === 'talk') { console.log('hello\\x1b[2J'); process.send({ type: 'fault', errorKind: 'slot_lost', message: 'gone' }, () => process.exit(1)); }
});
let name;
`;

let folder: string;
let script: string;
const lines: string[] = [];
const sink = new PassThrough();
sink.on('data', (chunk) => lines.push(String(chunk)));
const log = createLog('info', sink);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-runtime-'));
  script = join(folder, 'fake.mjs');
  writeFileSync(script, SCRIPT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function assignment(streamName: string): Assignment {
  return {
    streamId: `id of ${streamName}`,
    streamName,
    spec: specFor(streamName, 'shop', 'orders', 'log'),
    sinkConfig: { type: 'EventLog', store: 'catalog' },
    sinkSecret: 'canary-7781',
  } as unknown as Assignment;
}

/** On a machine however busy, only the endless loop is given up for not answering. */
function start(name: string, received: FromPipeline[] = []): PipelineHandle {
  const limits = {
    pingEveryMs: 100,
    missedPings: name === 'loop' ? 50 : 1_000,
    maxResidentBytes: 300 * 1024 * 1024,
    memoryEveryMs: 100,
    heapMegabytes: 64,
    stopGraceMs: 500,
  };
  return new ProcessRuntime(script, log, limits).start(assignment(name), (message) => received.push(message));
}

test('a crash, an endless loop and two kinds of memory blow-up end only their own process, each with its own reason', async () => {
  const pongs: FromPipeline[] = [];
  const calm = start('calm', pongs);
  const [loop, crash, buffers, heap, quit] = await Promise.all(
    ['loop', 'crash', 'buffers', 'heap', 'quit'].map((name) => start(name).exited),
  );
  expect(loop).toMatchObject({ errorKind: 'pipeline_stuck', message: 'the process did not answer for 5 s' });
  expect(crash).toMatchObject({ errorKind: 'pipeline_crashed', message: 'the process ended with exit code 1' });
  expect(buffers).toMatchObject({ errorKind: 'out_of_memory', message: expect.stringContaining('the limit is 300 MB') });
  expect(heap).toMatchObject({ errorKind: 'out_of_memory' });
  expect(quit).toMatchObject({ errorKind: 'pipeline_crashed', requested: false });
  const before = pongs.length;
  await vi.waitFor(() => expect(pongs.length - before, 'the calm one answers as ever').toBeGreaterThanOrEqual(3), 60_000);
  expect(await calm.stop('enough')).toMatchObject({ requested: true, errorKind: null });
});

test('a pipeline that does not stop when asked is ended after its grace', async () => {
  const received: FromPipeline[] = [];
  const deaf = start('deaf', received);
  while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const began = performance.now();
  expect(await deaf.stop('enough')).toMatchObject({ requested: true, errorKind: null });
  expect(performance.now() - began).toBeGreaterThan(450);
});

test('a fault that was sent names the reason, and what a pipeline prints becomes one log line', async () => {
  expect(await start('talk').exited).toEqual({ requested: false, errorKind: 'slot_lost', message: 'gone' });
  const said = lines
    .join('')
    .split('\n')
    .filter((line) => line.includes('hello'));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('\\u001b[2J');
});

test('the process knows nothing but its assignment: no credential in environment or arguments', async () => {
  process.env.CANARY_SECRET = 'canary-9912';
  const { message } = await start('env').exited;
  delete process.env.CANARY_SECRET;
  const [names, args] = JSON.parse(message) as [string[], string[]];
  expect(
    names.filter(
      (name) =>
        ![
          'PATH',
          'TZ',
          'MALLOC_ARENA_MAX',
          'NODE_ENV',
          'LOG_LEVEL',
          'NODE_CHANNEL_FD',
          'NODE_CHANNEL_SERIALIZATION_MODE',
          'FAILPOINTS',
          'SPILLWAY_PARENT',
        ].includes(name),
    ),
  ).toEqual([]);
  expect(args).toEqual([]);
  expect(lines.join('')).not.toContain('canary-7781');
});
