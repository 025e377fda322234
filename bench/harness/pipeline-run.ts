import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@/core/errors';
import { bundle } from '@/local/bundle.mjs';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline } from '@/worker/pipeline/messages';
import { nodeFlags } from '@/worker/supervisor/runtime/node-flags';
import type { Counted } from './counting-registry';

type Heard = FromPipeline | Counted;

/** The pipeline as it is shipped, or with the counting sink in the place of the product's; returns the file. */
export async function bundledPipeline(sinks: 'product' | 'counting'): Promise<string> {
  const replaced: Record<string, string> = sinks === 'counting' ? { '@/worker/sink/registry': './bench/harness/counting-registry.ts' } : {};
  return bundled('worker/pipeline/main.ts', replaced);
}

export const bundledPlainLibrary = (): Promise<string> => bundled('bench/harness/plain-library.ts');

/** One entry point as a bundle in a folder of its own. */
export async function bundled(entry: string, replaced: Record<string, string> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bundle({ bundled: entry }, folder, replaced);
  return join(folder, 'bundled.mjs');
}

const ENDED = 'the pipeline ended';

/** A pipeline's process with the supervisor's flags, and what it says. */
export class PipelineRun {
  readonly exited: Promise<void>;
  private readonly listeners = new Set<(message: Heard) => void>();
  private said: string | null = null;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: Heard) => {
      if (message.type === 'fault') this.said = message.message;
      if (message.type === 'state') this.said = `${message.state}: ${message.reason}`;
      for (const listen of this.listeners) listen(message);
    });
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** `profiles`: folder for a profile of the processor, written at the end. */
  static start(file: string, assignment: Assignment, env: Record<string, string> = {}, profiles?: string): PipelineRun {
    const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const child = fork(file, [], {
      env: { PATH: process.env.PATH, TZ: 'UTC', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? nodeFlags()), ...profiling],
    });
    const run = new PipelineRun(child);
    child.send({ type: 'assign', assignment });
    return run;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves with the first message for which this holds; rejects when the process ends before. */
  async heard<T extends Heard>(is: (message: Heard) => message is T): Promise<T> {
    return new Promise((resolve, reject) => {
      const listen = (message: Heard) => {
        if (!is(message)) return;
        this.listeners.delete(listen);
        resolve(message);
      };
      this.listeners.add(listen);
      void this.exited.then(() => reject(new Error(ENDED)));
    });
  }

  /** What `work` becomes, unless the process ends before. An error tells what the pipeline said last. */
  async during<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.exited.then(() => Promise.reject(new Error(ENDED)))]);
    } catch (error) {
      throw new Error(`${messageOf(error)}; the pipeline said last: ${this.said ?? 'nothing'}`, { cause: error });
    }
  }

  /** In order, as for a restart; a profile is written. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.send({ type: 'stop', reason: 'bench' });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.exited;
    clearTimeout(timer);
  }
}
