import { SpillwayError } from '@/core/errors';
import type { KeptBatch, NewBatch, SpillContents, SpillStore } from './spill-store';

/** The buffer in memory, shared by the instances of a stream. `down` makes every call fail like a stopped catalog. */
export class MemoryBuffer {
  batches: KeptBatch[] = [];
  nextOrdinal = 1;
  position: NewBatch['position'] = null;
  epoch = 0;
  down = false;
  /** The next batch is stored and the answer is lost. */
  loseAnswer = false;

  store(epoch: number): SpillStore {
    const reach = () => {
      if (this.down) throw new SpillwayError('catalog_unavailable', 'the catalog did not take a statement (ECONNREFUSED)');
    };
    return {
      open: async (): Promise<SpillContents> => {
        reach();
        if (epoch < this.epoch) throw new SpillwayError('fenced', 'a later instance of this stream has taken over its buffer');
        this.epoch = epoch;
        const sum = (of: (batch: KeptBatch) => number) => this.batches.reduce((total, batch) => total + of(batch), 0);
        return {
          nextOrdinal: this.nextOrdinal,
          firstOrdinal: this.batches[0]?.ordinal ?? this.nextOrdinal,
          events: sum(({ events, taken }) => events - taken),
          bytes: sum(({ bytes }) => bytes),
          oldestAt: this.batches[0]?.oldestAt ?? null,
          position: this.position,
        };
      },
      append: async (batch) => {
        await new Promise((resolve) => setImmediate(resolve));
        reach();
        if (epoch !== this.epoch || batch.ordinal !== this.nextOrdinal) return false;
        this.nextOrdinal += batch.events;
        this.position = batch.position ?? this.position;
        this.batches.push({ ...batch, taken: 0, bytes: batch.body.length });
        if (this.loseAnswer) {
          this.loseAnswer = false;
          throw new SpillwayError('catalog_unavailable', 'the catalog did not take a statement (connection lost)');
        }
        return true;
      },
      load: async (from) => {
        reach();
        return this.batches.find(({ ordinal }) => ordinal >= from) ?? null;
      },
      remove: async (through) => {
        reach();
        if (epoch !== this.epoch) return false;
        this.batches = this.batches.filter(({ ordinal }) => ordinal > through);
        return true;
      },
      take: async (at, taken) => {
        reach();
        this.batches = this.batches.map((batch) => (batch.ordinal === at ? { ...batch, taken } : batch));
      },
    };
  }
}
