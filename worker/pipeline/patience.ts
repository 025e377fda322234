import { setTimeout as sleep } from 'node:timers/promises';
import { SpillwayError } from '@/core/errors';
import { backOff } from '@/worker/recovery/retry';

export const RECONNECT = { baseMs: 200, capMs: 10_000 } as const;

/** Waiting that ends with the pipeline. */
export class Patience {
  constructor(
    private readonly stopping: () => boolean,
    private readonly onFault: (error: SpillwayError) => void,
  ) {}

  /** Repeats a catalog write until it is done; rejects when the pipeline stops first. */
  async persist<T>(write: () => Promise<T>): Promise<T> {
    for (let failures = 1; !this.stopping(); failures++) {
      try {
        return await write();
      } catch (thrown) {
        if (!(thrown instanceof SpillwayError)) throw thrown;
        this.onFault(thrown);
        await this.wait(backOff(failures, Math.random(), 0, RECONNECT));
      }
    }
    throw new SpillwayError('catalog_unavailable', 'stopped while the catalog did not answer');
  }

  async wait(ms: number): Promise<void> {
    for (const until = Date.now() + ms; !this.stopping() && Date.now() < until; ) await sleep(Math.min(100, until - Date.now()));
  }
}
