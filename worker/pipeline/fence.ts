import { SpillwayError } from '@/core/errors';
import type { DeliveryError, Sink } from '@/worker/sink/sink';

/** Whose the stream is: still ours, or of a later instance. Rejects when nobody could be asked. */
export type AskOwner = () => Promise<'ours' | 'later'>;

export interface FenceDeps {
  /** Monotonic clock, ms. */
  readonly now: () => number;
  readonly askOwner: AskOwner;
  /** A later instance has the stream: this one must end. */
  readonly onFenced: (error: SpillwayError) => void;
}

/**
 * A process that stood still longer than this asks before it sends, ms. Far less than a lease lasts (30 s of the catalog's clock):
 * within this time nobody can have taken the stream.
 */
export const STOOD_STILL_MS = 5_000;
export const TICK_MS = 500;

/**
 * Notices that the process stood still (a frozen machine, SIGSTOP, a long pause for memory): meanwhile its lease may have expired and
 * another worker may run the stream. Nothing is sent from then on before somebody who knows says that it is still ours.
 */
export class Fence {
  private seenAt: number;
  private doubtful = false;
  private fenced: SpillwayError | null = null;

  constructor(private readonly deps: FenceDeps) {
    this.seenAt = deps.now();
  }

  /** Called every `TICK_MS`; one that comes late says that the process stood still. */
  tick(): void {
    const now = this.deps.now();
    if (now - this.seenAt > STOOD_STILL_MS) this.doubtful = true;
    this.seenAt = now;
  }

  /** Null = send. Else why not now; it is asked again with the next attempt. */
  async refusal(): Promise<DeliveryError | null> {
    this.tick();
    while (this.doubtful && !this.fenced) {
      // Standing still while asking makes the answer old.
      this.doubtful = false;
      try {
        if ((await this.deps.askOwner()) === 'later') {
          this.fenced = new SpillwayError('fenced', 'The process stood still, and a later instance of this stream runs since');
          this.deps.onFenced(this.fenced);
        }
      } catch (thrown) {
        this.doubtful = true;
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        return {
          errorClass: 'transient',
          message: `the process stood still, and nobody can tell whether the stream is still its own: ${reason}`,
        };
      }
      this.tick();
    }
    return this.fenced && { errorClass: 'transient', message: this.fenced.message };
  }
}

/** The same sink, which sends nothing while the fence refuses. */
export function fencedSink(sink: Sink, fence: Fence): Sink {
  return {
    get limits() {
      return sink.limits;
    },
    columns: sink.columns,
    keyExpression: sink.keyExpression,
    positions: sink.positions,
    open: (signal) => sink.open(signal),
    check: (signal) => sink.check(signal),
    close: () => sink.close(),
    async write(batch, signal) {
      const error = await fence.refusal();
      return error ? batch.map(() => ({ ok: false, error })) : sink.write(batch, signal);
    },
  };
}
