import { ERROR_CATALOGUE } from '@/core/error-catalogue';
import { messageOf, SpillwayError } from '@/core/errors';
import { formatLsn, type Lsn, NO_LSN, parseLsn } from '@/core/postgres/lsn';
import { spillOf } from '@/core/spec/spill';
import { PgLetterStore } from '@/worker/recovery/letter-store';
import { backOff } from '@/worker/recovery/retry';
import type { EnsuredSlot } from '@/worker/source/postgres/slot';
import type { SourceItem, Subscription } from '@/worker/source/source';
import type { Assignment } from './assignment';
import { atMost } from './at-most';
import { CatalogLink } from './catalog-link';
import { CatalogRecords } from './catalog-records';
import type { ChunkedSnapshot } from './chunked-snapshot';
import { Delivery } from './delivery';
import { endings } from './endings';
import { ExistingRows } from './existing-rows';
import type { Failpoint } from './failpoints';
import { figuresOf } from './figures-of';
import { type Heartbeat, watchConnection } from './heartbeat';
import { InFlight } from './in-flight';
import { Intake } from './intake';
import { Ledger } from './ledger';
import { type LetterCopies, letterCopiesFor } from './letter-copies';
import type { FromPipeline } from './messages';
import { Patience, RECONNECT } from './patience';
import { PromiseKeeper, tellBreach } from './promise-keeper';
import { RecentTransactions } from './recent-transactions';
import { keyOrderOf, RecoveryDesk } from './recovery-desk';
import { RequestedRows } from './requested-rows';
import { type Reselect, reselectFor } from './reselect';
import { RowFigures } from './row-figures';
import { SnapshotRequests } from './snapshot-requests';
import type { RecordedSlot, SourceLink } from './source-link';
import type { Spill } from './spill';
import type { RetainedWal } from './spill-condition';
import { spillFor } from './spill-for';
import type { Stages } from './stages';
import { StateReporter } from './state-reporter';
import { DeliveryStats } from './stats';
import { WakeUp } from './wake-up';

export interface PipelineDeps {
  readonly stages: Stages;
  readonly source: SourceLink;
  readonly send: (message: FromPipeline) => void;
  readonly failpoint: Failpoint;
}

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
  private readonly catalog: CatalogLink;
  private readonly records: CatalogRecords;
  private readonly letters: PgLetterStore;
  private readonly copies: LetterCopies | null;
  private readonly desk: RecoveryDesk;
  private readonly delivery: Delivery;
  private readonly spill: Spill;
  private readonly intake: Intake;
  /** Of a stream that reads unchanged large values again. */
  private readonly reselect: Reselect | null;
  private readonly ledger: Ledger;
  private readonly stats = new DeliveryStats();
  private readonly states: StateReporter;
  private readonly progressed = new WakeUp();
  private readonly inFlight: InFlight;
  private readonly keeper: PromiseKeeper;
  private subscription: Subscription | null = null;
  private heartbeat: Heartbeat | null = null;
  private paused = false;
  private stopping = false;
  private deaf = false;
  private recorded: RecordedSlot | null;
  /** Of the latest connection of this process. */
  private timeline: number | null = null;
  private readonly rows: ExistingRows;
  private readonly requested: RequestedRows;
  private readonly pace = new RowFigures();
  private readonly patience: Patience;
  private chunks: ChunkedSnapshot | null = null;
  private received: Lsn = 0n;

  constructor(
    assignment: Assignment,
    private readonly deps: PipelineDeps,
  ) {
    const { spec, streamId, revisionId, limits, systemIdentifier, consistentPoint, promisedLsn, timeline } = assignment;
    const { flow, sink, positions = null, openSink } = deps.stages;
    const { now } = Date;
    this.recorded =
      systemIdentifier && consistentPoint ? { systemIdentifier, consistentPoint, promisedLsn, timeline: timeline ?? null } : null;
    this.inFlight = new InFlight(0n);
    this.catalog = new CatalogLink(assignment.catalogUrl, `spillway:${streamId}:${assignment.epoch}`);
    this.records = new CatalogRecords(this.catalog, streamId, assignment.epoch);
    this.copies = letterCopiesFor(assignment, deps.send);
    this.letters = new PgLetterStore(this.catalog, streamId, revisionId, keyOrderOf(spec.recovery), this.copies?.ring ?? null);
    this.ledger = new Ledger(assignment.totals);
    this.states = new StateReporter((report) => deps.send(report));
    this.patience = new Patience(
      () => this.stopping,
      (error) => this.states.sourceFault(error),
    );
    const nowUs = () => BigInt(now()) * 1000n;
    this.desk = new RecoveryDesk({ store: this.letters, recovery: spec.recovery, flow, sink, readRow: deps.source.row, nowUs });
    this.keeper = new PromiseKeeper(
      {
        store: (lsn) => this.records.promise(lsn),
        confirm: (lsn) => this.confirm(lsn),
        tell: (lsn) => deps.send({ type: 'promise', lsn: formatLsn(lsn) }),
        onBreach: (message) => tellBreach(streamId, message),
      },
      promisedLsn ? parseLsn(promisedLsn) : 0n,
    );
    const { failpoint } = deps;
    const { stats, ledger, inFlight } = this;
    const ended = endings({ stats, ledger, inFlight, spill: () => this.spill, reselect: () => this.reselect });
    const onProgress = () => this.progress();
    this.spill = spillFor(assignment, { flow, ledger, failpoint, now, ended, onProgress, delivery: () => this.delivery });
    this.delivery = new Delivery({
      sink,
      openSink,
      positions,
      recovery: spec.recovery,
      desk: this.desk,
      lingerMs: limits.lingerMs,
      signal: this.aborting.signal,
      failpoint,
      now,
      random: Math.random,
      onCondition: (condition) => this.states.deliveryCondition(condition),
      onProgress,
      onEnded: ended,
      spilling: { spill: this.spill, spec: spillOf(spec), behind: () => this.paused },
    });
    this.reselect = reselectFor(spec.flow, {
      flow,
      read: (wanted) => deps.source.values.read(wanted),
      push: (items) => this.delivery.push(items),
      onFault: (error) => this.states.sourceFault(error),
      onRecovered: () => this.states.sourceRecovered(),
      now,
    });
    this.intake = new Intake({
      inFlight,
      flow,
      limits,
      sinkLimits: () => sink.limits,
      messagePrefixes: spec.source.messagePrefixes,
      transactionMetadata: spec.flow.type === 'DebeziumEnvelope' && spec.flow.transactionMetadata,
      failpoint,
      now,
      push: (items) => (this.reselect ?? this.delivery).push(items),
      onFiltered: () => this.ledger.count('filtered'),
      onProgress,
    });
    const reading = {
      assignment,
      source: deps.source,
      inFlight: this.inFlight,
      intake: this.intake,
      recent: new RecentTransactions(),
      send: deps.send,
      stopping: () => this.stopping,
    };
    this.requested = new RequestedRows({ ...reading, requests: new SnapshotRequests(this.catalog, streamId) });
    this.rows = new ExistingRows({
      ...reading,
      records: this.records,
      letters: this.letters,
      progressed: this.progressed,
      states: this.states,
      persist: (write) => this.patience.persist(write),
      onDone: () => this.enterStreaming(),
      dropInFlight: () => this.dropInFlight(),
    });
  }

  /** Runs until `stop`; true = the confirmed LSN is the last word. Rejects with the SpillwayError that only a restart or a person can mend. */
  async run(): Promise<boolean> {
    const reporting = setInterval(() => this.tellStats(), 1_000);
    const delivering = this.delivery.run();
    const sourcing = this.readSource();
    sourcing.catch(() => undefined);
    delivering.catch(() => undefined);
    try {
      await Promise.race([delivering, sourcing]);
      await delivering;
      this.keeper.offer(this.inFlight.confirmed);
      return await this.keeper.finish();
    } finally {
      clearInterval(reporting);
      this.stopping = true;
      this.delivery.stop();
      this.reselect?.clear();
      this.aborting.abort();
      await atMost(CLOSE_MS, [this.subscription?.close(), delivering]);
      const { stages, source } = this.deps;
      const closing = [stages.sink.close(), this.copies?.stop(), this.catalog.close(), this.spill.close(), source.values.close()];
      await atMost(CLOSE_MS, [sourcing, ...closing]);
      this.tellStats();
    }
  }

  /** Ends cleanly: the batch under way is finished, what is settled is confirmed. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.progressed.ring();
    this.requested.ring();
    setTimeout(() => this.aborting.abort(), STOP_MS).unref();
    // A transaction of which only a part is delivered would come again as a whole: its rest is waited for, not for long.
    if (this.inFlight.receiving && !this.rows.inOnePass) setTimeout(() => this.endIntake(), REST_MS).unref();
    else this.endIntake();
  }

  /** What comes from now on is not looked at, keepalives neither: it is not settled and comes again. */
  private endIntake(): void {
    if (this.deaf) return;
    this.deaf = true;
    this.subscription?.pause();
    this.delivery.stop(DRAIN_MS);
  }

  private take(item: SourceItem): void {
    if (this.deaf) return;
    this.heartbeat?.hear(item);
    if (item.kind === 'change' && this.rows.only) this.ledger.count('filtered');
    else {
      this.intake.take(item);
      this.chunks?.take(item);
      this.requested.take(item);
    }
    if (this.stopping && !this.inFlight.receiving) this.endIntake();
    else if (this.intake.full) this.pause();
  }

  /** People decided about rows to be read again. */
  snapshotRequestChanged(): void {
    this.requested.changed();
  }

  walSeen(wal: RetainedWal): void {
    this.delivery.walSeen(wal);
  }

  lettersChanged(): void {
    this.delivery.lettersChanged();
  }

  private async readSource(): Promise<void> {
    for (let failures = 0; !this.stopping; ) {
      const startedAt = Date.now();
      try {
        await this.readOnce();
      } catch (thrown) {
        if (this.stopping) return;
        const error = thrown instanceof SpillwayError ? thrown : new SpillwayError('internal', messageOf(thrown), {}, { cause: thrown });
        // A later instance reports the stream's state from now on.
        if (error.kind === 'fenced') throw error;
        this.states.sourceFault(error);
        if (error.kind === 'internal' || ERROR_CATALOGUE[error.kind].retry !== 'timed') throw error;
        await this.dropInFlight();
        failures = Date.now() - startedAt > STEADY_MS ? 1 : failures + 1;
        await this.patience.wait(backOff(failures, 0.5 + Math.random() / 2, 0, RECONNECT));
      }
    }
  }

  /** From nothing to a stream, until it breaks or is closed. */
  private async readOnce(): Promise<void> {
    const { source } = this.deps;
    if (!this.recorded) this.states.enter('provisioning', 'Publication and replication slot are being made');
    let plan = await this.rows.plan();
    const recorded = this.recorded && {
      ...this.recorded,
      promisedLsn: formatLsn(this.keeper.ceiling),
      timeline: this.timeline ?? this.recorded.timeline,
      reachedLsn: this.timeline === null ? null : formatLsn(this.inFlight.confirmed),
    };
    const slot = await source.ensure(recorded, plan?.kind === 'whole');
    try {
      if (!this.recorded) await this.record(slot);
      if (plan?.kind === 'whole' && !this.stopping) await this.rows.readInOnePass(slot, plan.reason);
    } finally {
      await slot.snapshot?.release();
    }
    if (this.stopping) return;
    if (plan?.kind === 'whole') plan = await this.rows.plan();
    this.passOverSettled(slot);
    // The slot is the authority on position: everything before it is settled.
    this.inFlight.marker(slot.confirmedFlushLsn);
    this.chunks = plan?.kind === 'chunks' ? await this.rows.prepareChunks(plan.key, plan.estimatedRows, slot) : null;
    const subscription = await source.subscribe(slot.systemIdentifier, (item) => this.take(item));
    this.subscription = subscription;
    if (this.paused || this.deaf) subscription.pause();
    this.keeper.begin(slot.confirmedFlushLsn, this.inFlight.confirmed);
    this.keeper.repeat();
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
      this.requested.end();
      await atMost(CLOSE_MS, [reading]);
    }
  }

  /** Rows beside the changes, for the life of a connection: those of the initial snapshot first, then whatever people ask for. */
  private async readRows(chunks: ChunkedSnapshot | null, slot: EnsuredSlot): Promise<void> {
    if (chunks) await this.rows.readChunks(chunks);
    if (!this.rows.only) await this.requested.serve(slot);
  }

  private enterStreaming(): void {
    if (this.rows.only) this.states.enter('snapshotting', DELIVERED);
    else this.states.enter('streaming', STREAMING);
  }

  /**
   * A slot may stand before what this process has settled. That is passed over as far as the server holds the very same WAL: on the same
   * timeline, or until a later one branched off. Beyond that it must neither be passed over nor confirmed.
   */
  private passOverSettled(slot: EnsuredSlot): void {
    const { systemIdentifier, timeline, sharedUntil = NO_LSN } = slot;
    if (this.timeline !== null && this.timeline !== timeline) {
      this.inFlight.rewind(sharedUntil);
      this.keeper.rewind(sharedUntil);
    }
    this.intake.passOver(this.inFlight.confirmed);
    this.deps.stages.positions?.on(timeline, slot);
    this.spill.on(systemIdentifier, timeline, slot);
    this.timeline = timeline;
  }

  /** A restart must know the slot before anything of it is delivered; without the catalog this waits. */
  private async record(slot: EnsuredSlot): Promise<void> {
    const { systemIdentifier, consistentPoint, created } = slot;
    await this.patience.persist(() => this.records.slot(slot, this.rows.pending ? 'running' : 'none'));
    this.recorded = { systemIdentifier, consistentPoint: formatLsn(consistentPoint), promisedLsn: formatLsn(consistentPoint) };
    this.deps.send({ type: 'slot', systemIdentifier, consistentPoint: formatLsn(consistentPoint), created });
  }

  /** Whatever is not confirmed comes again with the next connection. */
  private async dropInFlight(): Promise<void> {
    this.reselect?.clear();
    await this.delivery.clear();
    this.inFlight.drop();
    this.paused = false;
  }

  private progress(): void {
    this.progressed.ring();
    this.chunks?.ring();
    this.requested.ring();
    if (!this.rows.inOnePass) this.keeper.offer(this.inFlight.confirmed);
    if (this.paused && !this.stopping && this.intake.roomy) {
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
    const { inFlight, stats, ledger, pace, rows, requested, spill } = this;
    const received = this.subscription?.receivedLsn ?? this.received;
    this.deps.send({ type: 'stats', stats: figuresOf({ inFlight, stats, ledger, pace, rows, requested, spill }, received) });
  }
}
