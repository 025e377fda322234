import type { SinkSpec } from '@/core/spec/sink/sink-spec';
import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { DELIVERED, type Outcome, type Sink, type SinkContext } from '@/worker/sink/sink';

/** What the counting sink tells the benchmark once `BENCH_TOTAL` events have come. */
export interface Counted {
  readonly type: 'counted';
  readonly events: number;
  readonly bytes: number;
}

/**
 * Takes the place of worker/sink/registry in the bundle that the drain to a counting sink measures; everything else of the pipeline's
 * process is as it is shipped. Batches are cut as for Kafka.
 */
export function createSink(_spec: SinkSpec, _config: SinkTargetConfig, _secret: string | null, _context: SinkContext): Sink {
  const total = Number(process.env.BENCH_TOTAL);
  let events = 0;
  let bytes = 0;
  return {
    limits: { maxBatchEvents: 500, maxBatchBytes: 512 * 1024, maxEventBytes: 8 * 1024 * 1024, partialOutcomes: false },
    async open() {},
    check: async () => [],
    async write(batch: readonly OutboundEvent[]): Promise<readonly Outcome[]> {
      for (const { payload } of batch) bytes += payload?.length ?? 0;
      const before = events;
      events += batch.length;
      if (before < total && events >= total) process.send?.({ type: 'counted', events, bytes } satisfies Counted);
      return batch.map(() => DELIVERED);
    },
    async close() {},
  };
}
