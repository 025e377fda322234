import { SpillwayError } from '@/core/errors';
import type { Change } from '@/worker/source/source';
import type { Failpoint } from './failpoints';
import type { Drained, DrainedBatch, Pending } from './pending';
import { unpackChanges } from './spill-codec';
import type { SpillStore } from './spill-store';

export interface ReadBackDeps {
  readonly store: SpillStore;
  /** What the present flow makes of a change of the buffer; none = it filters it. */
  readonly remake: (change: Change, drained: Drained) => readonly Pending[];
  /** A change of the buffer that the present flow filters. */
  readonly onFiltered: () => void;
  readonly failpoint: Failpoint;
}

/** Of changes that were read back and are not delivered, bytes as stored. */
const MOST_LOADED = 4 * 1024 * 1024;

/** What comes out of the buffer: batches in order, and which of their changes have ended. */
export class SpillReadBack {
  /** Number of the next change to be read. */
  nextOrdinal = 1;
  private loaded: DrainedBatch[] = [];

  constructor(
    private readonly deps: ReadBackDeps,
    private readonly onEnded: () => void,
    /** So many bytes are removed, as stored. */
    private readonly onRemoved: (bytes: number) => void,
  ) {}

  /** Nothing that was read back is still in the buffer. */
  get empty(): boolean {
    return this.loaded.length === 0;
  }
  /** The first batch that was read back has ended and is still in the buffer. */
  get done(): boolean {
    return this.loaded[0]?.left === 0;
  }
  /** Commit time of the first, ms. */
  get oldestAt(): number | null {
    return this.loaded[0]?.oldestAt ?? null;
  }

  /** The next batch, which is there. Rejects with catalog_unavailable. */
  async next(): Promise<Pending[]> {
    if (this.loaded.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_LOADED) return [];
    const kept = await this.deps.store.load(this.nextOrdinal);
    // Never on from a gap: what is removed is everything up to the last that was delivered.
    if (kept?.ordinal !== this.nextOrdinal)
      throw new SpillwayError('internal', 'the buffer does not have what was put into it: somebody else has removed it');
    const changes = await unpackChanges(kept.body);
    const { ordinal, bytes, oldestAt, taken } = kept;
    const ended = changes.map((_, index) => index < taken);
    const batch: DrainedBatch = { ordinal, bytes, oldestAt, ended, left: changes.length - taken };
    this.loaded.push(batch);
    this.nextOrdinal = ordinal + changes.length;
    return changes.flatMap((change, index) => {
      if (index < taken) return [];
      const items = this.deps.remake(change, { batch, index });
      if (items.length > 0) return items;
      this.ended({ batch, index });
      this.deps.onFiltered();
      return [];
    });
  }

  /** A change of the buffer has ended: the sink has it, or recovery. */
  ended({ batch, index }: Drained): void {
    if (batch.ended[index]) return;
    batch.ended[index] = true;
    batch.left--;
    this.onEnded();
  }

  /** Removes what has ended, from the front only: what comes again after a crash then ends with the newest of every key. */
  async settle(): Promise<void> {
    const open = this.loaded.findIndex(({ left }) => left > 0);
    const done = this.loaded.slice(0, open === -1 ? this.loaded.length : open);
    const last = done.at(-1);
    if (!last) return;
    this.deps.failpoint('spill_drained');
    if (!(await this.deps.store.remove(last.ordinal)))
      throw new SpillwayError('fenced', 'a later instance of this stream has taken over its buffer');
    this.deps.failpoint('spill_removed');
    this.loaded.splice(0, done.length);
    this.onRemoved(done.reduce((sum, { bytes }) => sum + bytes, 0));
  }

  /** At a clean end: what was delivered of a batch that is not through does not come again. */
  async leave(): Promise<void> {
    await this.settle();
    const [head] = this.loaded;
    const taken = head?.ended.indexOf(false) ?? 0;
    if (head && taken > 0) await this.deps.store.take(head.ordinal, taken);
  }
}
