import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '@/local/bundle.mjs';

/** The compiled worker, for tests that start, stop and kill the real thing. */
export interface CompiledWorker {
  readonly folder: string;
  readonly keyFile: string;
  /** `env`: further variables, for example failpoints. */
  start(options: { catalogUrl: string; workerId?: string; healthPort?: number; env?: Record<string, string> }): RunningWorker;
  /** Kills what still runs and removes the files. */
  remove(): Promise<void>;
}

export interface RunningWorker {
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  /** Sends the signal and gives the exit code once it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export async function compileWorker(privateKey: string): Promise<CompiledWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-worker-'));
  const keyFile = join(folder, 'worker.key');
  writeFileSync(keyFile, `${privateKey}\n`, { mode: 0o600 });
  await bundle({ worker: 'worker/main.ts', pipeline: 'worker/pipeline/main.ts' }, folder);
  const running = new Set<RunningWorker>();
  return {
    folder,
    keyFile,
    start({ catalogUrl, workerId = 'test-worker', healthPort, env = {} }) {
      const child = spawn(process.execPath, [join(folder, 'worker.mjs')], {
        env: {
          PATH: process.env.PATH,
          DATABASE_URL: catalogUrl,
          SPILLWAY_WORKER_KEY_FILE: keyFile,
          SPILLWAY_WORKER_ID: workerId,
          SPILLWAY_WORKER_HEALTH_PORT: healthPort === undefined ? '' : String(healthPort),
          LOG_LEVEL: 'debug',
          ...env,
        } as unknown as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const worker = runningWorker(child);
      running.add(worker);
      return worker;
    },
    async remove() {
      await Promise.all([...running].map((worker) => worker.end('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runningWorker(child: ChildProcess): RunningWorker {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid ?? -1,
    output: () => said,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Asks every 100 ms until it is so. Throws with `explain()` when it is not so in time. */
export async function until(what: string, check: () => Promise<boolean>, explain: () => Promise<string>, seconds = 90): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${seconds} s for ${what}: ${await explain()}`);
}
