import { messageOf, SpillwayError } from '@/core/errors';
import type { DeliveryError, Outcome, Sink } from '@/worker/sink/sink';
import { isOutage } from './classify';
import type { CopyStore, LetterCopy } from './copies';
import { type CopyContext, copyEvent } from './copy-event';
import { backOff, LONGEST_WAIT_MS, waitAfter } from './retry';

export interface LetterPublisherDeps {
  readonly store: CopyStore;
  /** Throws a SpillwayError when its target cannot work as it is registered. */
  readonly makeSink: () => Sink | Promise<Sink>;
  readonly context: CopyContext;
  /** The place as a person names it. */
  readonly place: string;
  /** Tells people, once an outage and once its end. */
  readonly tell: (reason: string) => void;
  /** Resolves at a ring or after `ms`; null = a ring only. */
  readonly sleep: (ms: number | null) => Promise<void>;
  readonly signal: AbortSignal;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Copies loaded at once: a letter has up to 256 KiB. */
const AT_ONCE = 20;
/** A copy that was refused is not tried again sooner, ms. */
const SHORTEST_WAIT_MS = 1_000;
const WAITS = { baseMs: 500, capMs: LONGEST_WAIT_MS } as const;
/** People are told of a sink that failed so many times in a row. */
const TOLD_AFTER = 2;

/**
 * Publishes copies of dead letters to the sink beside the catalog, beside the stream and never in its way: a letter is settled by the
 * catalog alone, its copy is an entry of an outbox. At-least-once by the letter's id; a copy that was published is marked so, and an
 * outage, a refusal or a crash leaves it waiting.
 */
export class LetterPublisher {
  private sink: Sink | null = null;
  private failures = 0;

  constructor(private readonly deps: LetterPublisherDeps) {}

  /** Ends when the signal aborts. Never rejects for a fault of the sink or the catalog. */
  async run(): Promise<void> {
    const { signal, sleep } = this.deps;
    while (!signal.aborted) {
      const wait = await this.turn();
      if (!signal.aborted && wait !== 0) await sleep(wait);
    }
    await this.closeSink();
  }

  /** Publishes what is due. Returns how long to sleep, ms: 0 = there may be more, null = until a further letter. */
  private async turn(): Promise<number | null> {
    const { store } = this.deps;
    try {
      const copies = await store.due(AT_ONCE);
      for (const copy of copies) {
        const outcome = await this.send(copy);
        if (outcome.ok) await store.published(copy.letterId);
        else if (isOutage(outcome.error.errorClass)) return await this.down(outcome.error);
        else await this.refused(copy, outcome.error);
        this.up();
      }
      if (copies.length > 0) return 0;
      await this.closeSink();
      return await store.nextIn();
    } catch (thrown) {
      if (this.deps.signal.aborted) return null;
      if (!(thrown instanceof SpillwayError)) this.deps.tell(`Copies of dead letters wait: ${messageOf(thrown)}`);
      // The catalog is away: what was sent and not marked is sent again. Nothing of this may end the stream.
      return backOff(++this.failures, this.deps.random(), 0, WAITS);
    }
  }

  /** One a request: what one of them is refused for never holds up another. Rejects on abort only. */
  private async send(copy: LetterCopy): Promise<Outcome> {
    const { context, signal } = this.deps;
    const sink = await this.openSink();
    if ('errorClass' in sink) return { ok: false, error: sink };
    let outcome: Outcome = { ok: false, error: { errorClass: 'oversize', message: 'the copy is larger than the sink takes' } };
    for (const short of [false, true]) {
      const event = copyEvent(copy, context, short);
      if ((event.payload?.length ?? 0) > sink.limits.maxEventBytes) continue;
      try {
        outcome = (await sink.write([event], signal))[0] ?? outcome;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        outcome = { ok: false, error: { errorClass: 'transient', message: messageOf(thrown) } };
      }
      if (outcome.ok || outcome.error.errorClass !== 'oversize') break;
    }
    return outcome;
  }

  private async openSink(): Promise<Sink | DeliveryError> {
    if (this.sink) return this.sink;
    try {
      const sink = await this.deps.makeSink();
      this.sink = sink;
      await sink.open(this.deps.signal);
      return sink;
    } catch (thrown) {
      if (this.deps.signal.aborted) throw thrown;
      await this.closeSink();
      const remedy = thrown instanceof SpillwayError ? (thrown.detail.remedy ?? '') : '';
      return { errorClass: 'transient', message: `${messageOf(thrown)} ${remedy}`.trim() };
    }
  }

  private async refused(copy: LetterCopy, error: DeliveryError): Promise<void> {
    if (copy.refusals === 0) this.deps.tell(`${this.deps.place} refused the copy of a dead letter: ${error.message}. It is tried again.`);
    const wait = waitAfter(error, copy.refusals + 1, this.deps.random(), WAITS);
    await this.deps.store.refused(copy.letterId, error.message, Math.max(wait, SHORTEST_WAIT_MS));
  }

  private async down(error: DeliveryError): Promise<number> {
    await this.closeSink();
    await this.deps.store.failed(error.message);
    this.failures++;
    if (this.failures === TOLD_AFTER)
      this.deps.tell(
        `Copies of dead letters do not reach ${this.deps.place}: ${error.message}. They wait in the catalog; the stream goes on.`,
      );
    return waitAfter(error, this.failures, this.deps.random(), WAITS);
  }

  private up(): void {
    if (this.failures >= TOLD_AFTER) this.deps.tell(`Copies of dead letters reach ${this.deps.place} again.`);
    this.failures = 0;
  }

  private async closeSink(): Promise<void> {
    const last = this.sink;
    this.sink = null;
    await last?.close().catch(() => undefined);
  }
}
