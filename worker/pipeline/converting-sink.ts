import type { Conversion } from '@/worker/flow/conversion';
import type { OutboundEvent } from '@/worker/flow/flow';
import { isOutage } from '@/worker/recovery/classify';
import { tooLarge } from '@/worker/recovery/oversize';
import { scopeOf } from '@/worker/recovery/park';
import { DELIVERED, type DeliveryError, type Outcome, type Sink, type SinkLimits } from '@/worker/sink/sink';
import { cutBatch } from './batcher';
import { convertThrough, type Made } from './conversion-chain';

/** What became of an event, and how many of the messages made of it the sink has already. */
interface Kept {
  readonly made: Made;
  sent: number;
}

/** A message on its way to the sink. */
interface Outgoing {
  readonly event: OutboundEvent;
  readonly of: Kept;
  readonly scope: string;
  readonly bytes: number;
  readonly notBefore: 0;
  readonly solo: false;
}

/**
 * A sink that converts what it is given before it hands it on. To the delivery loop it is one sink: what a conversion cannot do now is
 * an outage, what it refuses of an event is the event's fault.
 *
 * It takes or refuses in order (`partialOutcomes` false): a batch may hold many events of a key, and nothing behind the first one that
 * could not be converted is sent. What was converted is kept with the event until it has ended, so a sink that fails does not make
 * a function run twice; the same holds for messages that the sink took while it refused others of the batch.
 */
export function convertingSink(sink: Sink, conversions: readonly Conversion[]): Sink {
  const known = new WeakMap<OutboundEvent, Kept>();

  /** Up to the first event that could not be converted; its error is that of all behind it. */
  async function convert(batch: readonly OutboundEvent[], signal: AbortSignal): Promise<{ kept: Kept[]; error: DeliveryError | null }> {
    const missing = batch.filter((event) => !known.has(event));
    const made = missing.length > 0 ? await convertThrough(conversions, missing, signal) : [];
    for (const [index, event] of missing.entries()) {
      const result = made[index];
      // An outage is over some time, and a batch that was refused as a whole comes again in parts.
      const passing = result?.kind === 'failed' && (isOutage(result.error.errorClass) || result.error.wholeBatch);
      if (result && !passing) known.set(event, { made: result, sent: 0 });
    }
    const kept: Kept[] = [];
    for (const event of batch) {
      const one = known.get(event) ?? { made: made[missing.indexOf(event)] ?? NOT_CONVERTED, sent: 0 };
      if (one.made.kind === 'failed') {
        // Told now: the next attempt converts it anew.
        known.delete(event);
        return { kept, error: one.made.error };
      }
      kept.push(one);
    }
    return { kept, error: null };
  }

  return {
    get limits() {
      return limitsOf(conversions);
    },
    ...(sink.columns ? { columns: sink.columns } : {}),
    keyExpression: sink.keyExpression,

    async open(signal) {
      for (const conversion of conversions) await conversion.open(signal);
      await sink.open(signal);
    },

    check: (signal) => sink.check(signal),

    async write(batch, signal) {
      signal.throwIfAborted();
      const { kept, error } = await convert(batch, signal);
      const refused = await send(sink, kept, signal);
      return batch.map((_, index): Outcome => {
        const one = kept[index];
        if (!one) return { ok: false, error: error ?? UNSENT };
        if (one.made.kind === 'dropped') return { ok: true, dropped: one.made.reason };
        const failure = refused.get(one);
        return failure ? { ok: false, error: failure } : DELIVERED;
      });
    },

    async close() {
      await Promise.all([...conversions.map((conversion) => conversion.close()), sink.close()]);
    },
  };
}

const UNSENT: DeliveryError = { errorClass: 'transient', message: 'the conversions gave no result' };
const NOT_CONVERTED: Made = { kind: 'failed', error: UNSENT };
const NO_OUTCOME: Outcome = { ok: false, error: { errorClass: 'transient', message: 'the sink gave no outcome' } };

/** A batch is one call of each conversion, unless one makes many messages of few. */
function limitsOf(conversions: readonly Conversion[]): SinkLimits {
  const least = (of: (limits: Conversion['limits']) => number) => Math.min(...conversions.map(({ limits }) => of(limits)));
  return {
    maxBatchEvents: least(({ maxBatchEvents }) => maxBatchEvents),
    maxBatchBytes: conversions[0]?.limits.maxBatchBytes ?? 0,
    maxEventBytes: conversions[0]?.limits.maxEventBytes ?? 0,
    partialOutcomes: false,
  };
}

/** Hands everything on in order, in batches that the sink takes. Returns what was refused, or held back behind that, and why. */
async function send(sink: Sink, kept: readonly Kept[], signal: AbortSignal): Promise<ReadonlyMap<Kept, DeliveryError>> {
  const refused = new Map<Kept, DeliveryError>();
  const blocked = new Map<string, DeliveryError>();
  const refuse = ({ of }: Outgoing, error: DeliveryError) => {
    if (!refused.has(of)) refused.set(of, error);
  };
  for (let queue = kept.flatMap(outgoing); queue.length > 0; ) {
    const { limits } = sink;
    const batch = nextBatch(queue, limits);
    const outcomes = await write(sink, batch, signal);
    // An outage holds for all, and so does the first refusal of a sink that takes in order.
    let stop: DeliveryError | null = null;
    for (const [index, item] of batch.entries()) {
      const outcome: Outcome = outcomes[index] ?? NO_OUTCOME;
      if (outcome.ok) item.of.sent++;
      else {
        refuse(item, outcome.error);
        blocked.set(item.scope, outcome.error);
        if (isOutage(outcome.error.errorClass) || !limits.partialOutcomes) stop ??= outcome.error;
      }
    }
    const gone = new Set(batch);
    queue = queue.filter((item) => {
      if (gone.has(item)) return false;
      const error = stop ?? blocked.get(item.scope);
      if (error) refuse(item, error);
      return !error;
    });
  }
  return refused;
}

/** What may be sent together now: a part of the queue without gaps, but for what waits behind an event of its key. */
function nextBatch(queue: readonly Outgoing[], limits: SinkLimits): readonly Outgoing[] {
  const large = queue.findIndex(({ bytes }) => bytes > limits.maxEventBytes);
  if (large === 0) return queue.slice(0, 1);
  return cutBatch(large < 0 ? queue : queue.slice(0, large), limits, limits.maxBatchEvents, 0).batch;
}

async function write(sink: Sink, batch: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const most = sink.limits.maxEventBytes;
  const [first] = batch;
  if (!first || first.bytes <= most)
    return sink.write(
      batch.map(({ event }) => event),
      signal,
    );
  return [{ ok: false, error: tooLarge('what the conversions made of it', first.bytes, most) }];
}

function outgoing(of: Kept): Outgoing[] {
  if (of.made.kind !== 'events') return [];
  return of.made.events.slice(of.sent).map((event) => ({
    event,
    of,
    scope: scopeOf(event.schema, event.table, event.key),
    bytes: event.payload?.length ?? 0,
    notBefore: 0,
    solo: false,
  }));
}
