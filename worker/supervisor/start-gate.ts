import { availableParallelism } from 'node:os';
import type { Runtime } from './runtime';

/** A start is mostly processor time, with waits for source and catalog between: so many a core leave none idle. */
const PLACES_A_CORE = 3;
/**
 * A start that takes longer waits for somebody else and must not hold others up, ms. A source that does not answer is told of after 10 s;
 * much less would let everybody in on a machine that is merely slow.
 */
const LONGEST_MS = 15_000;

/**
 * Lets a few streams start at a time. A start costs a quarter of a second of processor time: of hundreds that begin at once none is done
 * before the last, each holds connections for all that time, and a process that gets no turn for 20 s is taken for one that is stuck.
 */
export class StartGate {
  readonly #starting = new Map<string, NodeJS.Timeout>();
  /** In the order in which they asked. */
  readonly #waiting = new Set<string>();

  constructor(
    private readonly onFree: (streamId: string) => void,
    private readonly places = PLACES_A_CORE * availableParallelism(),
    private readonly longestMs = LONGEST_MS,
  ) {}

  /** True = begin, and `leave` when it is up. False = `onFree` says when to ask again. */
  enter(streamId: string): boolean {
    if (this.#starting.has(streamId)) return true;
    if (this.#starting.size >= this.places) {
      this.#waiting.add(streamId);
      return false;
    }
    this.#waiting.delete(streamId);
    const late = setTimeout(() => this.leave(streamId), this.longestMs);
    late.unref();
    this.#starting.set(streamId, late);
    return true;
  }

  /** It is up, or will not be. Whoever holds no place may say so, too. */
  leave(streamId: string): void {
    clearTimeout(this.#starting.get(streamId));
    if (!this.#starting.delete(streamId)) return;
    // Who asked and does not want to start any more enters no place: the next one is asked.
    for (const next of this.#waiting) {
      if (this.#starting.size >= this.places) return;
      this.#waiting.delete(next);
      this.onFree(next);
    }
  }
}

/** The same runtime, which gives a stream's place back once its pipeline reads or says why it does not. */
export function gated(runtime: Runtime, gate: StartGate): Runtime {
  return {
    start(assignment, onMessage) {
      const handle = runtime.start(assignment, (message) => {
        if (message.type === 'state' && message.state !== 'provisioning') gate.leave(assignment.streamId);
        onMessage(message);
      });
      void handle.exited.then(() => gate.leave(assignment.streamId));
      return handle;
    },
  };
}
