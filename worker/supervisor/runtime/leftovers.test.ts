import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '@/worker/telemetry/log';
import { endLeftovers, PARENT_MARK, parentMark } from './leftovers';

const log = createLog('error', new PassThrough());
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process in an endless loop, deaf to its channel and to SIGTERM. */
async function looping(mark: string): Promise<ChildProcess & { pid: number }> {
  const script = `process.title = 'spillway a-stream'; process.on('SIGTERM', () => {}); process.stdout.write('up', () => { for (;;); })`;
  const env = { ...process.env, [PARENT_MARK]: mark };
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

test('ends pipelines of workers that are gone, even in an endless loop, and none of a worker that lives', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  const goneMark = `${gone.pid}:1`;
  await once(gone, 'exit');
  // A pid that is in use again, by a process that started at another time.
  const [orphan, reused, alive] = await Promise.all([looping(goneMark), looping(`${process.pid}:1`), looping(parentMark())]);
  const deaths = Promise.all([once(orphan, 'exit'), once(reused, 'exit')]);
  const ended = await endLeftovers(log, 10, [orphan.pid, reused.pid, alive.pid]);
  expect(ended).toEqual([orphan.pid, reused.pid]);
  expect((await deaths).map(([, signal]) => signal)).toEqual(['SIGKILL', 'SIGKILL']);
  expect(alive.exitCode).toBeNull();
  expect(alive.signalCode).toBeNull();
});
