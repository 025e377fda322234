import { SpillwayError } from '@/core/errors';
import { type CopySink, copyPlace, copySinkOf } from '@/core/spec/recovery';
import type { SinkSpec } from '@/core/spec/sink/sink-spec';
import { PgCopyStore } from '@/worker/recovery/copy-store';
import { LetterPublisher } from '@/worker/recovery/letter-publisher';
import { createSink } from '@/worker/sink/registry';
import type { Assignment } from './assignment';
import { CatalogLink } from './catalog-link';
import type { FromPipeline } from './messages';
import { WakeUp } from './wake-up';

/** The outbox of a stream's dead letters, while it runs. */
export interface LetterCopies {
  /** There is a further copy to publish. */
  readonly ring: () => void;
  /** Ends what is under way; what was not published waits in the catalog. */
  readonly stop: () => Promise<void>;
}

/** Publishes copies of dead letters from now on; null when the stream's recovery names no sink beside the catalog. */
export function letterCopiesFor(assignment: Assignment, send: (message: FromPipeline) => void): LetterCopies | null {
  const { spec, streamId, streamName, epoch, catalogUrl, letterSink } = assignment;
  const named = copySinkOf(spec.recovery);
  if (!named) return null;
  const aborting = new AbortController();
  const wake = new WakeUp();
  const link = new CatalogLink(catalogUrl, `spillway-copies:${streamId}:${epoch}`);
  const publisher = new LetterPublisher({
    store: new PgCopyStore(link, streamId),
    makeSink: async () => {
      if (!letterSink || 'problem' in letterSink)
        throw new SpillwayError('sink_misconfigured', letterSink?.problem ?? `sink target "${named.target}" is not known`);
      return createSink(copySinkSpec(named), letterSink.config, letterSink.secret, { streamId, streamName, epoch, catalogUrl });
    },
    context: { streamName, form: named.type === 'Nakadi' ? 'body' : 'headers' },
    place: copyPlace(named),
    tell: (reason) => send({ type: 'notice', reason }),
    sleep: (ms) => wake.sleep(ms),
    signal: aborting.signal,
    random: Math.random,
  });
  const running = publisher.run();
  return {
    ring: () => wake.ring(),
    stop: async () => {
      aborting.abort();
      wake.ring();
      await running;
      await link.close();
    },
  };
}

/** As a sink of the stream's own would be declared. */
export function copySinkSpec(sink: CopySink): SinkSpec {
  switch (sink.type) {
    case 'SqsStandard':
      return { ...sink, maxBatchSize: 10 };
    case 'Kafka':
      return { ...sink, tombstones: false };
    case 'Nakadi':
      return { ...sink, maxBatchSize: 1 };
  }
}
