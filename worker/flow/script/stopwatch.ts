import { readFileSync, readlinkSync } from 'node:fs';

/** ms, the same for every thread of the process. */
export function wallMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Processor time that a thread has used so far, ms. */
export type ThreadClock = () => number;

/** The clock of this thread, for all threads of the process: Linux tells it by thread; elsewhere it is the whole process'. */
export function ownThread(): string {
  try {
    return `/proc/self/task/${readlinkSync('/proc/thread-self').split('/').pop()}/schedstat`;
  } catch {
    return '';
  }
}

export function threadClock(file: string): ThreadClock {
  const ofProcess = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  // schedstat begins with the time on the processor in ns (Documentation/scheduler/sched-stats.rst).
  const ofThread = () => Number(readFileSync(file, 'latin1').split(' ', 1)[0]) / 1e6;
  try {
    return ofThread() > 0 ? ofThread : ofProcess;
  } catch {
    return ofProcess;
  }
}

/** Clocks are read anew when they were not for so long: reading one is dear beside an event. */
const FRESH_MS = 20;

/** One run, in memory that both threads of a sandbox see. */
export class Stopwatch {
  readonly #numbers: Float64Array;
  readonly #running: Int32Array;
  #readAt = Number.NEGATIVE_INFINITY;
  #read = 0;
  #askAt = 0;

  constructor(
    readonly shared: SharedArrayBuffer,
    private readonly clock: ThreadClock,
    private readonly wallClock: () => number = wallMs,
  ) {
    this.#numbers = new Float64Array(shared, 0, 3);
    this.#running = new Int32Array(shared, 24, 1);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(32);
  }

  start(limitMs: number): void {
    const wall = this.wallClock();
    if (wall - this.#readAt > FRESH_MS) {
      this.#read = this.clock();
      this.#readAt = wall;
    }
    // No thread uses more processor time than time goes by, so this is no earlier than where its clock stands now.
    const used = this.#read + (wall - this.#readAt);
    this.#numbers.set([wall, used, limitMs]);
    this.#askAt = wall + limitMs;
    Atomics.store(this.#running, 0, 1);
  }

  stop(): void {
    Atomics.store(this.#running, 0, 0);
  }

  /** Whether the run has used its limit, and `graceMs` more. On a busy machine time goes by without that. */
  isOver(graceMs = 0): boolean {
    const wall = this.wallClock();
    if (wall < this.#askAt || Atomics.load(this.#running, 0) === 0) return false;
    const [startedAt = 0, usedAt = 0, limitMs = 0] = this.#numbers;
    const limit = limitMs + graceMs;
    if (wall - startedAt < limit) return false;
    this.#askAt = wall + 5;
    const over = this.clock() - usedAt >= limit;
    // While the other thread reads its clock, the run may have ended and later ones have begun, whose time that would be.
    return over && this.#numbers[0] === startedAt && Atomics.load(this.#running, 0) === 1;
  }
}
