import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AlreadyRunning, InstanceLock } from './instance-lock';
import { groupMembers, processFacts } from './process-table';
import { Service } from './service';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'spillway-service-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program with a child of its own that does not care about its parent, as a pipeline of a killed worker might not. */
const PROGRAM = `
require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
console.error('Error: said by the program');
setInterval(() => {}, 1000);
`;

function service(said: string[], onStart: (name: string, pid: number, startTime: number) => void = () => undefined): Service {
  writeFileSync(join(folder, 'program.cjs'), PROGRAM);
  const command = [process.execPath, 'program.cjs'];
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: process.env.PATH };
  return new Service({
    name: 'worker',
    command,
    folder,
    env,
    logFile: join(folder, 'worker.log'),
    say: (line) => said.push(line),
    onStart,
  });
}

test('a killed process is started again after a quarter of a second, what it left is gone, and stop() leaves nothing', async () => {
  const said: string[] = [];
  const pids: number[] = [];
  const worker = service(said, (_, pid) => pids.push(pid));
  worker.start();
  await vi.waitFor(() => expect(groupMembers(pids[0] ?? 0, folder)).toHaveLength(2), 30_000);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(pids).toHaveLength(2), 30_000);
  await vi.waitFor(() => expect(groupMembers(pids[0] ?? 0, folder)).toHaveLength(0), 30_000);
  await vi.waitFor(() => expect(groupMembers(pids[1] ?? 0, folder)).toHaveLength(2), 30_000);
  await worker.stop(10_000);
  expect(groupMembers(pids[1] ?? 0, folder)).toHaveLength(0);
  expect(said.join('\n')).toMatch(/worker ended \(SIGKILL\); starting it again in 0\.25 s/);
  expect(said).toContain('worker: Error: said by the program');
  expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toContain('said by the program');
});

test('what a killed launcher left running is stopped by the next, children of a dead process included', async () => {
  const child = spawn(process.execPath, ['-e', PROGRAM], { cwd: folder, detached: true, stdio: 'ignore' });
  const pid = child.pid ?? 0;
  await vi.waitFor(() => expect(groupMembers(pid, folder)).toHaveLength(2), 30_000);
  new InstanceLock(folder).note('worker', pid, processFacts(pid)?.startTime ?? 0);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(groupMembers(pid, folder)).toHaveLength(1), 30_000);
  await new InstanceLock(folder).stopLeftovers(folder);
  expect(groupMembers(pid, folder)).toHaveLength(0);
});

test('a process that got the number of one that is gone is left alone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: folder, detached: true, stdio: 'ignore' });
  const pid = child.pid ?? 0;
  new InstanceLock(folder).note('worker', pid, 1);
  expect(await new InstanceLock(folder).stopLeftovers(folder)).toEqual([]);
  expect(processFacts(pid)).toBeDefined();
  child.kill('SIGKILL');
});

test('a second launcher is told where the first one is; a dead one does not hold the lock', () => {
  const first = new InstanceLock(folder);
  first.take();
  first.announce('http://127.0.0.1:3000');
  expect(() => new InstanceLock(folder).take()).toThrow(AlreadyRunning);
  expect(() => new InstanceLock(folder).take()).toThrow(/at http:\/\/127\.0\.0\.1:3000/);
  writeFileSync(join(folder, 'launcher.json'), JSON.stringify({ pid: process.pid, startTime: 1 }));
  new InstanceLock(folder).take();
  first.release();
  new InstanceLock(folder).take();
});
