import { messageOf, SpillwayError } from '@/core/errors';
import type { OutboundEvent } from '@/worker/flow/flow';
import { classify } from '@/worker/recovery/classify';
import { tooLarge } from '@/worker/recovery/oversize';
import { backOff, waitAfter } from '@/worker/recovery/retry';
import type { DeliveryError, Outcome } from '@/worker/sink/sink';
import { cutBatch } from './batcher';
import { type Condition, catalogCondition, differs, outageCondition, parkedCondition, stallCondition } from './condition';
import type { DeliveryDeps } from './delivery-deps';
import { Detour } from './detour';
import { Narrowing } from './narrowing';
import type { Ending, Pending } from './pending';
import type { Spill } from './spill';
import { drainingCondition, type RetainedWal, spillCondition } from './spill-condition';
import { WakeUp } from './wake-up';

/** A sink is called down when it failed twice in a row, or for this long, ms. */
const OUTAGE_AFTER_MS = 1_000;
const PARKED_WAIT_MS = 5_000;

interface Fault {
  readonly since: number;
  readonly failures: number;
  readonly until: number;
}

/**
 * The one loop that sends: a batch in flight at a time, in order, nothing of a key past a failed one of that key.
 * Live events, parked events and replays all go through it, so none of a key can overtake another.
 */
export class Delivery {
  private queue: Pending[] = [];
  /** Something in the queue may have a verdict. */
  private judged = false;
  private readonly wake = new WakeUp();
  private readonly narrowing = new Narrowing();
  /** When `run` ends at the latest, ms; null = it goes on. */
  private stopAt: number | null = null;
  private open = false;
  private clearing: (() => void)[] = [];
  private outage: (Fault & { readonly error: DeliveryError }) | null = null;
  private catalog: (Fault & { readonly message: string }) | null = null;
  private stalled: { readonly item: Pending; readonly since: number; readonly error: DeliveryError; readonly failures: number } | null =
    null;
  private parkedSince: number | null = null;
  private reported: Condition | null = null;
  private readonly detour: Detour | null;

  constructor(private readonly deps: DeliveryDeps) {
    const lane = {
      length: () => this.queue.length,
      takeAll: () => this.forget(),
      pass: () => this.pass(this.queue),
      enqueue: (items: readonly Pending[]) => this.enqueue(items),
      push: (items: readonly Pending[]) => this.push(items),
    };
    this.detour = deps.spilling ? new Detour(deps.spilling, lane) : null;
  }

  /** Live messages, in stream order. */
  push(items: readonly Pending[]): void {
    const spill = this.spill;
    if (spill?.diverting) spill.push(items);
    else {
      this.enqueue(items);
      if (spill?.ready) this.pass(items);
    }
    this.wake.ring();
  }

  /** The latest look at the stream's slot. */
  walSeen(wal: RetainedWal): void {
    this.detour?.walSeen(wal);
    this.wake.ring();
  }

  /** The buffer changed while the loop slept. */
  spillChanged(): void {
    this.wake.ring();
  }

  private get spill(): Spill | null {
    return this.deps.spilling?.spill ?? null;
  }

  /** What was spilled before a crash comes again: it is in the buffer, or was. */
  private pass(items: readonly Pending[]): void {
    this.end(this.spill?.passed(items) ?? [], 'passed');
  }

  private enqueue(items: readonly Pending[]): void {
    for (const item of items) {
      if (item.flowError || item.bytes > this.deps.sink.limits.maxEventBytes) item.solo = true;
      if (item.verdict) this.judged = true;
      this.queue.push(item);
    }
  }

  /** Forgets what waits, after the batch under way has ended. For a source connection that is gone: it all comes again. */
  clear(): Promise<void> {
    return new Promise((resolve) => {
      this.clearing.push(resolve);
      this.wake.ring();
    });
  }

  lettersChanged(): void {
    this.deps.desk.told();
    this.wake.ring();
  }

  /** Ends `run` once the queue is empty; at the latest after the batch under way when `drainMs` are over or delivery stands still. */
  stop(drainMs = 0): void {
    this.stopAt ??= this.deps.now() + drainMs;
    this.wake.ring();
  }

  async run(): Promise<void> {
    while (!this.finished()) {
      this.takeClear();
      const wait = await this.turn();
      this.report();
      if (wait !== 0 && !this.finished()) await this.wake.sleep(wait);
    }
    this.takeClear();
    await this.spill?.finish();
  }

  private finished(): boolean {
    if (this.stopAt === null) return false;
    const still =
      [this.outage, this.catalog, this.stalled, this.parkedSince].some((fault) => fault !== null) || !this.open || this.spill?.diverting;
    return still || this.queue.length === 0 || this.deps.now() >= this.stopAt || this.deps.signal.aborted;
  }

  /** One step. Returns how long to sleep, ms: 0 = go on at once, null = until woken. */
  private async turn(): Promise<number | null> {
    const { desk, now } = this.deps;
    const at = now();
    const downMs = this.outage && this.down(this.outage) ? at - this.outage.since : null;
    const spillsIn = (await this.detour?.decide(downMs, this.outage !== null)) ?? null;
    if (this.outage && at < this.outage.until) return Math.min(this.outage.until - at, spillsIn ?? Number.POSITIVE_INFINITY);
    if (this.catalog && at < this.catalog.until) return this.catalog.until - at;
    const opened = this.spill?.ready === false ? await this.fromBuffer(at) : null;
    if (opened !== null) return opened;
    if (!this.open) {
      const error = await this.deps.openSink(this.deps.signal);
      if (error) return this.sinkFailed(error, at);
      this.open = true;
      this.outage = null;
    }
    const drained = await this.fromBuffer(at);
    if (drained !== null) return drained;
    try {
      if (desk.due(at)) {
        const turn = await desk.look(at, this.deps.signal);
        if (turn.outage) return this.sinkFailed(turn.outage, at);
        if (turn.handled > 0) this.outage = null;
      }
      if (await this.keepLetters()) {
        this.parkedSince ??= at;
        return PARKED_WAIT_MS;
      }
      this.parkedSince = null;
      this.catalog = null;
    } catch (thrown) {
      if (!(thrown instanceof SpillwayError)) throw thrown;
      if (this.needsCatalog()) return this.catalogFailed(thrown.message, at);
      desk.postpone(at);
    }
    return this.send();
  }

  /** The buffer is opened before anything is sent, and sent before anything live. Returns as `turn` does; null = go on with the queue. */
  private async fromBuffer(at: number): Promise<number | null> {
    const { detour, spill } = this;
    if (!detour || (spill?.ready && !spill.diverting)) return null;
    try {
      if (!spill?.ready) {
        await detour.open();
        this.catalog = null;
      }
      return this.open && spill?.diverting && (await detour.drain()) ? 0 : null;
    } catch (thrown) {
      if (thrown instanceof SpillwayError && thrown.kind === 'catalog_unavailable') return this.catalogFailed(thrown.message, at);
      throw thrown;
    }
  }

  /** Dead letters and parked events reach the catalog before anything else is sent. True when the limit of letters is reached. */
  private async keepLetters(): Promise<boolean> {
    const { desk } = this.deps;
    if (this.judged) {
      for (const item of this.queue.filter((waiting) => waiting.verdict)) {
        if (desk.full) return true;
        await desk.keep(item);
        this.deps.failpoint('after_dlq_insert');
        this.end([item], 'deadLettered');
      }
      this.judged = false;
    }
    while (desk.holdsAny) {
      const behind = this.queue.filter((waiting) => desk.holds(waiting));
      if (behind.length === 0) return false;
      if (desk.full) return true;
      const taken = await desk.park(behind);
      this.end(taken, 'parked');
    }
    return false;
  }

  private async send(): Promise<number | null> {
    const { sink, positions, now, lingerMs } = this.deps;
    const at = now();
    // In one go with the cut: what comes while something is waited for may be there already, too.
    this.end(positions?.passed(this.queue) ?? [], 'delivered');
    const maxEvents = Math.min(sink.limits.maxBatchEvents, this.narrowing.maxEvents);
    const { batch, wakeAt, room } = cutBatch(this.stalled ? [this.stalled.item] : this.queue, sink.limits, maxEvents, at, !!positions);
    const [first] = batch;
    if (!first && this.spill?.done) return 0;
    if (!first) return wakeAt === null ? null : Math.max(1, wakeAt - at);
    if (room && at - first.queuedAt < lingerMs && first.attempts.length === 0 && !this.outage) return lingerMs - (at - first.queuedAt);
    const outcomes = await this.write(batch);
    if (outcomes) this.apply(batch, outcomes, at);
    return this.outage ? Math.max(1, this.outage.until - now()) : 0;
  }

  private async write(batch: readonly Pending[]): Promise<readonly Outcome[] | null> {
    const { sink, positions, signal, failpoint } = this.deps;
    const [first] = batch;
    if (first?.flowError) return [{ ok: false, error: first.flowError }];
    if (first && first.bytes > sink.limits.maxEventBytes) {
      return [{ ok: false, error: tooLarge('the event', first.bytes, sink.limits.maxEventBytes) }];
    }
    failpoint('before_send');
    try {
      const outcomes = positions ? await positions.write(batch, signal) : await sink.write(eventsOf(batch), signal);
      // Whether a transaction was committed is known only from the position: it is read again before anything else is sent.
      if (positions && outcomes.some((outcome) => !outcome.ok)) this.open = false;
      failpoint('after_send');
      return outcomes;
    } catch (thrown) {
      if (signal.aborted) return null;
      const error: DeliveryError = { errorClass: 'transient', message: messageOf(thrown) };
      return batch.map(() => ({ ok: false, error }));
    }
  }

  private apply(batch: readonly Pending[], outcomes: readonly Outcome[], startedAt: number): void {
    const { recovery, sink } = this.deps;
    const delivered: Pending[] = [];
    const dropped: Pending[] = [];
    const ignored: Pending[] = [];
    let outage: DeliveryError | null = null;
    let blamed = false;
    for (let index = 0; index < batch.length; index += 1) {
      const item = batch[index] as Pending;
      const outcome: Outcome = outcomes[index] ?? { ok: false, error: { errorClass: 'transient', message: 'the sink gave no outcome' } };
      if (outcome.ok) {
        (outcome.dropped === undefined ? delivered : dropped).push(item);
        continue;
      }
      const { error } = outcome;
      const verdict = classify(error, item.attempts.length + 1, batch.length, recovery);
      if (verdict === 'outage') outage = error;
      else if (verdict === 'narrow') {
        this.narrowing.refused(batch.slice(index));
        break;
      } else if (sink.limits.partialOutcomes || !blamed) {
        // A sink without partial outcomes stops at the first refusal: those behind it are not to blame.
        blamed = true;
        if (this.blame(item, error, verdict)) ignored.push(item);
      }
    }
    const { stalled } = this;
    if (stalled && (delivered.includes(stalled.item) || dropped.includes(stalled.item))) this.stalled = null;
    this.end(delivered, 'delivered');
    this.end(dropped, 'filtered');
    this.end(ignored, 'ignored');
    if (outage) this.sinkFailed(outage, startedAt, delivered.length + dropped.length > 0);
    else this.outage = null;
  }

  /** The event itself is at fault. True when recovery ignores it. */
  private blame(item: Pending, error: DeliveryError, verdict: 'retry' | 'recover' | 'stall'): boolean {
    const { recovery, now, random } = this.deps;
    const at = now();
    const record = { at: new Date(at).toISOString(), errorClass: error.errorClass, message: error.message };
    item.attempts = [...item.attempts.slice(-49), error.status === undefined ? record : { ...record, status: error.status }];
    // Sent alone from now on, so that it cannot spoil a batch.
    this.narrowing.blamed(item);
    if (verdict === 'recover') {
      if (recovery.type !== 'DeadLetter') return true;
      item.verdict = { error, attempts: item.attempts };
      this.judged = true;
      return false;
    }
    const before = this.stalled?.item === item ? this.stalled.failures : item.attempts.length - 1;
    item.notBefore = at + backOff(before + 1, random(), error.retryAfterMs);
    if (verdict === 'stall' && (!this.stalled || this.stalled.item === item))
      this.stalled = { item, since: this.stalled?.since ?? at, error, failures: before + 1 };
    return false;
  }

  private end(items: readonly Pending[], ending: Ending): void {
    if (items.length === 0) return;
    this.remove(items);
    this.narrowing.accepted(items);
    const at = this.deps.now();
    for (const item of items) this.deps.onEnded(item, ending, at);
    this.deps.onProgress();
  }

  /** They stand at the front of the queue, most often without another between them. */
  private remove(items: readonly Pending[]): void {
    let front = 0;
    while (front < items.length && items[front] === this.queue[front]) front++;
    this.queue.splice(0, front);
    if (front === items.length) return;
    const gone = new Set(items.slice(front));
    const stay: Pending[] = [];
    let seen = 0;
    for (; seen < this.queue.length && gone.size > 0; seen++) {
      const item = this.queue[seen] as Pending;
      if (!gone.delete(item)) stay.push(item);
    }
    this.queue.splice(0, seen, ...stay);
  }

  private sinkFailed(error: DeliveryError, startedAt: number, someDelivered = false): number {
    const failures = someDelivered ? 1 : (this.outage?.failures ?? 0) + 1;
    const wait = waitAfter(error, failures, this.deps.random());
    this.outage = { error, failures, since: someDelivered ? startedAt : (this.outage?.since ?? startedAt), until: this.deps.now() + wait };
    return wait;
  }

  private catalogFailed(message: string, at: number): number {
    const failures = (this.catalog?.failures ?? 0) + 1;
    const wait = Math.min(5_000, backOff(failures, this.deps.random()));
    this.catalog = { message, failures, since: this.catalog?.since ?? at, until: this.deps.now() + wait };
    return wait;
  }

  /** Something has to be kept, or the keys with letters are not known yet: without the catalog nothing may go on. */
  private needsCatalog(): boolean {
    const { desk } = this.deps;
    return !desk.ready || this.queue.some((item) => item.verdict || desk.holds(item));
  }

  private takeClear(): void {
    if (this.clearing.length === 0) return;
    // What came out of the buffer stays: it is not the connection's.
    if (this.spill?.diverting) this.spill.clear();
    else this.forget();
    for (const resolve of this.clearing.splice(0)) resolve();
  }

  private forget(): Pending[] {
    this.narrowing.reset();
    this.judged = false;
    this.stalled = null;
    this.parkedSince = null;
    return this.queue.splice(0);
  }

  private down(outage: Fault & { readonly error: DeliveryError }): boolean {
    return outage.failures > 1 || outage.error.errorClass === 'auth' || this.deps.now() - outage.since > OUTAGE_AFTER_MS;
  }

  private report(): void {
    const condition = this.condition();
    if (!differs(condition, this.reported)) return;
    this.reported = condition;
    this.deps.onCondition(condition);
  }

  private condition(): Condition | null {
    const { outage, catalog, stalled, parkedSince, deps, spill } = this;
    const down = outage && this.down(outage) ? outageCondition(outage.error, outage.since, outage.failures) : null;
    const spilling = spill && spillCondition(spill, down);
    if (spilling) return spilling;
    if (down) return down;
    if (catalog) return catalogCondition(catalog.message, catalog.since);
    if (parkedSince !== null && deps.recovery.type === 'DeadLetter') return parkedCondition(deps.desk.held(deps.recovery), parkedSince);
    if (stalled) return stallCondition(stalled.error, stalled.since, stalled.item.event?.id ?? 'none: the flow failed', stalled.failures);
    return spill?.diverting ? drainingCondition() : null;
  }
}

function eventsOf(batch: readonly Pending[]): OutboundEvent[] {
  return batch.map((item) => item.event as OutboundEvent);
}
