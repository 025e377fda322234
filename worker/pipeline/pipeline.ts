import { ERROR_CATALOGUE } from '@/core/error-catalogue';
import { messageOf, SpillwayError } from '@/core/errors';
import { formatLsn, type Lsn, NO_LSN } from '@/core/postgres/lsn';
import { backOff } from '@/worker/recovery/retry';
import type { EnsuredSlot } from '@/worker/source/postgres/slot';
import type { SourceItem, Subscription } from '@/worker/source/source';
import type { Assignment } from './assignment';
import { atMost } from './at-most';
import type { ChunkedSnapshot } from './chunked-snapshot';
import { figuresOf } from './figures-of';
import { type Heartbeat, watchConnection } from './heartbeat';
import { RECONNECT } from './patience';
import { type PipelineDeps, type PipelineParts, pipelineParts } from './pipeline-parts';
import { RowFigures } from './row-figures';
import type { RecordedSlot } from './source-link';
import type { RetainedWal } from './spill-condition';

/** What was received is still delivered within this time, so that it does not come twice, ms. */
const DRAIN_MS = 3_000;
const REST_MS = 1_000;
/** A clean stop waits this long for the batch under way, ms. */
const STOP_MS = 10_000;
const CLOSE_MS = 2_000;
const STREAMING = 'Changes are read from the replication slot';
const DELIVERED = 'Every row is read: the stream ends by itself once no dead letter waits for a decision';
/** A connection that lived so long was a good one: the next fault starts at the shortest wait, ms. */
const STEADY_MS = 5_000;

/** One running instance of a stream: source → in-flight FIFO → flow → delivery loop → sink, and back to the confirmed LSN. */
export class Pipeline {
  private readonly aborting = new AbortController();
  private readonly parts: PipelineParts;
  private subscription: Subscription | null = null;
  private heartbeat: Heartbeat | null = null;
  private paused = false;
  private stopping = false;
  private deaf = false;
  private recorded: RecordedSlot | null;
  /** Of the latest connection of this process. */
  private timeline: number | null = null;
  private readonly pace = new RowFigures();
  private chunks: ChunkedSnapshot | null = null;
  private received: Lsn = 0n;

  constructor(
    assignment: Assignment,
    private readonly deps: PipelineDeps,
  ) {
    const { systemIdentifier, consistentPoint, promisedLsn, timeline } = assignment;
    this.recorded =
      systemIdentifier && consistentPoint ? { systemIdentifier, consistentPoint, promisedLsn, timeline: timeline ?? null } : null;
    this.parts = pipelineParts(assignment, deps, {
      signal: this.aborting.signal,
      stopping: () => this.stopping,
      paused: () => this.paused,
      confirm: (lsn) => this.confirm(lsn),
      onProgress: () => this.progress(),
      onRowsDone: () => this.enterStreaming(),
      dropInFlight: () => this.dropInFlight(),
    });
  }

  /** Runs until `stop`; true = the confirmed LSN is the last word. Rejects with the SpillwayError that only a restart or a person can mend. */
  async run(): Promise<boolean> {
    const { delivery, keeper, inFlight, reselect, copies, catalog, spill } = this.parts;
    const reporting = setInterval(() => this.tellStats(), 1_000);
    const delivering = delivery.run();
    const sourcing = this.readSource();
    sourcing.catch(() => undefined);
    delivering.catch(() => undefined);
    try {
      await Promise.race([delivering, sourcing]);
      await delivering;
      keeper.offer(inFlight.confirmed);
      return await keeper.finish();
    } finally {
      clearInterval(reporting);
      this.stopping = true;
      delivery.stop();
      reselect?.clear();
      this.aborting.abort();
      await atMost(CLOSE_MS, [this.subscription?.close(), delivering]);
      const { stages, source } = this.deps;
      const closing = [stages.sink.close(), copies?.stop(), catalog.close(), spill.close(), source.values.close()];
      await atMost(CLOSE_MS, [sourcing, ...closing]);
      this.tellStats();
    }
  }

  /** Ends cleanly: the batch under way is finished, what is settled is confirmed. */
  stop(): void {
    const { progressed, requested, inFlight, rows } = this.parts;
    if (this.stopping) return;
    this.stopping = true;
    progressed.ring();
    requested.ring();
    setTimeout(() => this.aborting.abort(), STOP_MS).unref();
    // A transaction of which only a part is delivered would come again as a whole: its rest is waited for, not for long.
    if (inFlight.receiving && !rows.inOnePass) setTimeout(() => this.endIntake(), REST_MS).unref();
    else this.endIntake();
  }

  /** What comes from now on is not looked at, keepalives neither: it is not settled and comes again. */
  private endIntake(): void {
    if (this.deaf) return;
    this.deaf = true;
    this.subscription?.pause();
    this.parts.delivery.stop(DRAIN_MS);
  }

  private take(item: SourceItem): void {
    const { rows, ledger, intake, requested, inFlight } = this.parts;
    if (this.deaf) return;
    this.heartbeat?.hear(item);
    if (item.kind === 'change' && rows.only) ledger.count('filtered');
    else {
      intake.take(item);
      this.chunks?.take(item);
      requested.take(item);
    }
    if (this.stopping && !inFlight.receiving) this.endIntake();
    else if (intake.full) this.pause();
  }

  /** People decided about rows to be read again. */
  snapshotRequestChanged(): void {
    this.parts.requested.changed();
  }

  walSeen(wal: RetainedWal): void {
    this.parts.delivery.walSeen(wal);
  }

  lettersChanged(): void {
    this.parts.delivery.lettersChanged();
  }

  private async readSource(): Promise<void> {
    const { states, patience } = this.parts;
    for (let failures = 0; !this.stopping; ) {
      const startedAt = Date.now();
      try {
        await this.readOnce();
      } catch (thrown) {
        if (this.stopping) return;
        const error = thrown instanceof SpillwayError ? thrown : new SpillwayError('internal', messageOf(thrown), {}, { cause: thrown });
        // A later instance reports the stream's state from now on.
        if (error.kind === 'fenced') throw error;
        states.sourceFault(error);
        if (error.kind === 'internal' || ERROR_CATALOGUE[error.kind].retry !== 'timed') throw error;
        await this.dropInFlight();
        failures = Date.now() - startedAt > STEADY_MS ? 1 : failures + 1;
        await patience.wait(backOff(failures, 0.5 + Math.random() / 2, 0, RECONNECT));
      }
    }
  }

  /** From nothing to a stream, until it breaks or is closed. */
  private async readOnce(): Promise<void> {
    const { states, rows, keeper, inFlight, requested } = this.parts;
    const { source } = this.deps;
    if (!this.recorded) states.enter('provisioning', 'Publication and replication slot are being made');
    let plan = await rows.plan();
    const recorded = this.recorded && {
      ...this.recorded,
      promisedLsn: formatLsn(keeper.ceiling),
      timeline: this.timeline ?? this.recorded.timeline,
      reachedLsn: this.timeline === null ? null : formatLsn(inFlight.confirmed),
    };
    const slot = await source.ensure(recorded, plan?.kind === 'whole');
    try {
      if (!this.recorded) await this.record(slot);
      if (plan?.kind === 'whole' && !this.stopping) await rows.readInOnePass(slot, plan.reason);
    } finally {
      await slot.snapshot?.release();
    }
    if (this.stopping) return;
    if (plan?.kind === 'whole') plan = await rows.plan();
    this.passOverSettled(slot);
    // The slot is the authority on position: everything before it is settled.
    inFlight.marker(slot.confirmedFlushLsn);
    this.chunks = plan?.kind === 'chunks' ? await rows.prepareChunks(plan.key, plan.estimatedRows, slot) : null;
    const subscription = await source.subscribe(slot.systemIdentifier, (item) => this.take(item));
    this.subscription = subscription;
    if (this.paused || this.deaf) subscription.pause();
    keeper.begin(slot.confirmedFlushLsn, inFlight.confirmed);
    keeper.repeat();
    if (!this.chunks) this.enterStreaming();
    const watch = watchConnection({ beat: source.beat, paused: () => this.paused || this.deaf, now: Date.now });
    this.heartbeat = watch.heartbeat;
    const reading = this.readRows(this.chunks, slot);
    try {
      await Promise.race([subscription.ended, watch.lost, reading.then(() => subscription.ended)]);
    } finally {
      watch.stop();
      this.heartbeat = null;
      this.received = subscription.receivedLsn;
      await subscription.close();
      this.subscription = null;
      this.chunks?.end();
      this.chunks = null;
      requested.end();
      await atMost(CLOSE_MS, [reading]);
    }
  }

  /** Rows beside the changes, for the life of a connection: those of the initial snapshot first, then whatever people ask for. */
  private async readRows(chunks: ChunkedSnapshot | null, slot: EnsuredSlot): Promise<void> {
    const { rows, requested } = this.parts;
    if (chunks) await rows.readChunks(chunks);
    if (!rows.only) await requested.serve(slot);
  }

  private enterStreaming(): void {
    const { rows, states } = this.parts;
    if (rows.only) states.enter('snapshotting', DELIVERED);
    else states.enter('streaming', STREAMING);
  }

  /**
   * A slot may stand before what this process has settled. That is passed over as far as the server holds the very same WAL: on the same
   * timeline, or until a later one branched off. Beyond that it must neither be passed over nor confirmed.
   */
  private passOverSettled(slot: EnsuredSlot): void {
    const { inFlight, keeper, intake, spill } = this.parts;
    const { systemIdentifier, timeline, sharedUntil = NO_LSN } = slot;
    if (this.timeline !== null && this.timeline !== timeline) {
      inFlight.rewind(sharedUntil);
      keeper.rewind(sharedUntil);
    }
    intake.passOver(inFlight.confirmed);
    this.deps.stages.positions?.on(timeline, slot);
    spill.on(systemIdentifier, timeline, slot);
    this.timeline = timeline;
  }

  /** A restart must know the slot before anything of it is delivered; without the catalog this waits. */
  private async record(slot: EnsuredSlot): Promise<void> {
    const { patience, records, rows } = this.parts;
    const { systemIdentifier, consistentPoint, created } = slot;
    await patience.persist(() => records.slot(slot, rows.pending ? 'running' : 'none'));
    this.recorded = { systemIdentifier, consistentPoint: formatLsn(consistentPoint), promisedLsn: formatLsn(consistentPoint) };
    this.deps.send({ type: 'slot', systemIdentifier, consistentPoint: formatLsn(consistentPoint), created });
  }

  /** Whatever is not confirmed comes again with the next connection. */
  private async dropInFlight(): Promise<void> {
    const { reselect, delivery, inFlight } = this.parts;
    reselect?.clear();
    await delivery.clear();
    inFlight.drop();
    this.paused = false;
  }

  private progress(): void {
    const { progressed, requested, rows, keeper, inFlight, intake } = this.parts;
    progressed.ring();
    this.chunks?.ring();
    requested.ring();
    if (!rows.inOnePass) keeper.offer(inFlight.confirmed);
    if (this.paused && !this.stopping && intake.roomy) {
      this.paused = false;
      this.subscription?.resume();
    }
  }

  private pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.subscription?.pause();
  }

  private confirm(lsn: Lsn): void {
    if (!this.subscription) return;
    this.deps.failpoint('before_flush');
    this.subscription.confirm(lsn);
    this.deps.failpoint('after_flush');
  }

  private tellStats(): void {
    const received = this.subscription?.receivedLsn ?? this.received;
    this.deps.send({ type: 'stats', stats: figuresOf({ ...this.parts, pace: this.pace }, received) });
  }
}
