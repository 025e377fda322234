import { isCatalogOutage } from './catalog/catalog';

interface Entry {
  readonly key: string | null;
  readonly write: () => Promise<unknown>;
}

const LONGEST_QUEUE = 100;

/**
 * Writes to the catalog that must not be lost while it is away: kept per stream, in order, until they succeed. Of several
 * waiting entries with the same key at the end of a queue only the latest is written, which also calms a state that flaps.
 */
export class Outbox {
  readonly #queues = new Map<string, Entry[]>();
  readonly #flushing = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly onError: (streamId: string, thrown: unknown) => void,
    private readonly debounceMs = 200,
  ) {}

  put(streamId: string, key: string | null, write: () => Promise<unknown>): void {
    const queue = this.#queues.get(streamId) ?? [];
    if (key !== null && queue.at(-1)?.key === key) queue.pop();
    queue.push({ key, write });
    if (queue.length > LONGEST_QUEUE) queue.shift();
    this.#queues.set(streamId, queue);
    this.#timer ??= setTimeout(() => void this.flush(), this.debounceMs);
  }

  /** Writes what waits, of all streams. Resolves also when the catalog is away; the entries then wait on. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await Promise.all([...this.#queues.keys()].map((streamId) => this.drain(streamId)));
  }

  /** Writes what waits of one stream. */
  async drain(streamId: string): Promise<void> {
    await this.#flushing.get(streamId);
    const run = this.#drain(streamId).finally(() => this.#flushing.delete(streamId));
    this.#flushing.set(streamId, run);
    await run;
  }

  async #drain(streamId: string): Promise<void> {
    const queue = this.#queues.get(streamId);
    while (queue && queue.length > 0) {
      const entry = queue.shift() as Entry;
      try {
        await entry.write();
      } catch (thrown) {
        if (isCatalogOutage(thrown)) {
          if (entry.key === null || queue[0]?.key !== entry.key) queue.unshift(entry);
          return;
        }
        this.onError(streamId, thrown);
      }
    }
    if (queue?.length === 0) this.#queues.delete(streamId);
  }
}
