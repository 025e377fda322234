import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline, ToPipeline } from '@/worker/pipeline/messages';
import type { Log } from '@/worker/telemetry/log';
import type { PipelineExit, PipelineHandle, Runtime } from '../runtime';
import { configsOf, roleEnvironment } from './aws-environment';
import { exitOf, type Fault } from './exit';
import { PARENT_MARK, parentMark } from './leftovers';
import { HEAP_MEGABYTES, nodeFlags } from './node-flags';
import { residentBytes } from './resident-bytes';

export interface ProcessLimits {
  readonly pingEveryMs: number;
  /** Unanswered pings in a row after which the process is stuck. Counted, not timed: a worker that itself stood still ends nobody. */
  readonly missedPings: number;
  readonly maxResidentBytes: number;
  readonly memoryEveryMs: number;
  readonly stopGraceMs: number;
  readonly heapMegabytes: number;
}

export const PROCESS_LIMITS: ProcessLimits = {
  pingEveryMs: 2_000,
  missedPings: 10,
  maxResidentBytes: 512 * 1024 * 1024,
  memoryEveryMs: 500,
  stopGraceMs: 15_000,
  heapMegabytes: HEAP_MEGABYTES,
};

const LONGEST_LINE = 8 * 1024;
const TAIL_LINES = 40;

/** Runs each pipeline as a child process of its own: what one does to its memory or its event loop is its own trouble. */
export class ProcessRuntime implements Runtime {
  readonly #limits: ProcessLimits;

  constructor(
    private readonly script: string,
    private readonly log: Log,
    limits: Partial<ProcessLimits> = {},
  ) {
    this.#limits = { ...PROCESS_LIMITS, ...limits };
  }

  start(assignment: Assignment, onMessage: (message: FromPipeline) => void): PipelineHandle {
    const child = fork(this.script, [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
      env: { ...childEnv(assignment.streamName), ...roleEnvironment(configsOf(assignment), process.env) },
      execArgv: nodeFlags(this.#limits.heapMegabytes),
    });
    const handle = new PipelineProcess(
      child,
      assignment,
      this.#limits,
      this.log.child({ stream: assignment.streamName, pid: child.pid }),
      onMessage,
    );
    handle.send({ type: 'assign', assignment });
    return handle;
  }
}

/**
 * Nearly empty: no credential of the worker reaches a pipeline but by its assignment (its own role: aws-environment.ts). In tests FAILPOINTS is handed on,
 * where FAILPOINTS_STREAM is set to the stream of that name only.
 */
function childEnv(streamName: string): NodeJS.ProcessEnv {
  const { PATH, NODE_ENV, FAILPOINTS, FAILPOINTS_STREAM = streamName, LOG_LEVEL } = process.env;
  return {
    PATH,
    TZ: 'UTC',
    // glibc keeps an arena a thread, each with its own free pages; the threads of a pipeline rarely allocate at once.
    MALLOC_ARENA_MAX: '1',
    [PARENT_MARK]: parentMark(),
    ...(NODE_ENV ? { NODE_ENV } : {}),
    ...(LOG_LEVEL ? { LOG_LEVEL } : {}),
    ...(NODE_ENV === 'test' && FAILPOINTS && FAILPOINTS_STREAM === streamName ? { FAILPOINTS } : {}),
  } as NodeJS.ProcessEnv;
}

class PipelineProcess implements PipelineHandle {
  readonly streamId: string;
  readonly exited: Promise<PipelineExit>;
  #fault: Fault | null = null;
  #killed: { errorKind: 'pipeline_stuck' | 'out_of_memory'; message: string } | null = null;
  #stopRequested = false;
  #spawnError: string | null = null;
  #unanswered = 0;
  #nonce = 0;
  readonly #tail: string[] = [];

  constructor(
    private readonly child: ChildProcess,
    assignment: Assignment,
    private readonly limits: ProcessLimits,
    private readonly log: Log,
    onMessage: (message: FromPipeline) => void,
  ) {
    this.streamId = assignment.streamId;
    child.on('message', (message: FromPipeline) => {
      if (message.type === 'pong') this.#unanswered = 0;
      if (message.type === 'fault') this.#fault = message;
      onMessage(message);
    });
    this.#readLines(child.stdout, 'info');
    this.#readLines(child.stderr, 'warn');
    const ping = setInterval(() => this.#ping(), limits.pingEveryMs);
    const memory = setInterval(() => this.#checkMemory(), limits.memoryEveryMs);
    this.exited = new Promise((resolve) => {
      const done = (code: number | null, signal: NodeJS.Signals | null) => {
        clearInterval(ping);
        clearInterval(memory);
        resolve(
          exitOf({
            code,
            signal,
            stopRequested: this.#stopRequested,
            killed: this.#killed,
            fault: this.#fault,
            stderrTail: this.#tail.join('\n'),
            spawnError: this.#spawnError,
          }),
        );
      };
      child.on('error', (error) => {
        this.#spawnError = error.message;
        if (child.pid === undefined) done(null, null);
      });
      // 'close' comes after the last line of output and the last message.
      child.on('close', done);
    });
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  send(message: ToPipeline): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  async stop(reason: string, graceMs = this.limits.stopGraceMs): Promise<PipelineExit> {
    this.#stopRequested = true;
    this.send({ type: 'stop', reason });
    const force = setTimeout(() => {
      this.log.warn({ graceMs }, 'pipeline did not stop in time and is ended');
      this.child.kill('SIGKILL');
    }, graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(force);
    }
  }

  #ping(): void {
    if (this.#unanswered >= this.limits.missedPings) {
      const seconds = Math.round((this.limits.missedPings * this.limits.pingEveryMs) / 1000);
      this.#kill('pipeline_stuck', `the process did not answer for ${seconds} s`);
      return;
    }
    this.#unanswered += 1;
    this.#nonce += 1;
    this.send({ type: 'ping', nonce: this.#nonce });
  }

  #checkMemory(): void {
    const bytes = this.pid === null ? null : residentBytes(this.pid);
    if (bytes === null || bytes <= this.limits.maxResidentBytes) return;
    const mib = (value: number) => Math.round(value / 1024 / 1024);
    this.#kill('out_of_memory', `the process used ${mib(bytes)} MB, the limit is ${mib(this.limits.maxResidentBytes)} MB`);
  }

  #kill(errorKind: 'pipeline_stuck' | 'out_of_memory', message: string): void {
    if (this.#killed) return;
    this.#killed = { errorKind, message };
    this.child.kill('SIGKILL');
  }

  #readLines(stream: Readable | null, level: 'info' | 'warn'): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      const text = line.slice(0, LONGEST_LINE);
      if (level === 'warn') {
        this.#tail.push(text);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
      }
      this.log[level]({ line: text }, 'pipeline output');
    });
  }
}
