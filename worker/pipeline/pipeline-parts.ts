import { formatLsn, type Lsn, parseLsn } from '@/core/postgres/lsn';
import { spillOf } from '@/core/spec/spill';
import { PgLetterStore } from '@/worker/recovery/letter-store';
import type { Assignment } from './assignment';
import { CatalogLink } from './catalog-link';
import { CatalogRecords } from './catalog-records';
import { Delivery } from './delivery';
import { endings } from './endings';
import { ExistingRows } from './existing-rows';
import type { Failpoint } from './failpoints';
import { InFlight } from './in-flight';
import { Intake } from './intake';
import { Ledger } from './ledger';
import { type LetterCopies, letterCopiesFor } from './letter-copies';
import type { FromPipeline } from './messages';
import { Patience } from './patience';
import { PromiseKeeper, promiseShare, tellBreach } from './promise-keeper';
import { RecentTransactions } from './recent-transactions';
import { keyOrderOf, RecoveryDesk } from './recovery-desk';
import { RequestedRows } from './requested-rows';
import { type Reselect, reselectFor } from './reselect';
import { SnapshotRequests } from './snapshot-requests';
import type { SourceLink } from './source-link';
import type { Spill } from './spill';
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

/** What the parts ask of the life of the process that holds them. */
export interface PipelineLife {
  /** Of the delivery loop. */
  readonly signal: AbortSignal;
  readonly stopping: () => boolean;
  /** As much is read and not delivered as may be held. */
  readonly paused: () => boolean;
  /** Hands a position to the source. */
  readonly confirm: (lsn: Lsn) => void;
  /** Something was settled, or its turn came. */
  readonly onProgress: () => void;
  /** The existing rows are delivered. */
  readonly onRowsDone: () => void;
  /** Forgets what is not confirmed: it comes again with the next connection. */
  readonly dropInFlight: () => Promise<void>;
}

export interface PipelineParts {
  readonly catalog: CatalogLink;
  readonly records: CatalogRecords;
  readonly copies: LetterCopies | null;
  readonly delivery: Delivery;
  readonly spill: Spill;
  readonly intake: Intake;
  /** Of a stream that reads unchanged large values again. */
  readonly reselect: Reselect | null;
  readonly ledger: Ledger;
  readonly stats: DeliveryStats;
  readonly states: StateReporter;
  readonly patience: Patience;
  readonly progressed: WakeUp;
  readonly inFlight: InFlight;
  readonly keeper: PromiseKeeper;
  readonly rows: ExistingRows;
  readonly requested: RequestedRows;
}

/** The parts of one stream, wired: source → in-flight FIFO → flow → delivery loop → sink, and back to the confirmed LSN. Nothing runs yet. */
export function pipelineParts(assignment: Assignment, deps: PipelineDeps, life: PipelineLife): PipelineParts {
  const { spec, streamId, revisionId, limits, promisedLsn } = assignment;
  const { flow, sink, positions = null, openSink } = deps.stages;
  const { source, send, failpoint } = deps;
  const { stopping, onProgress } = life;
  const { now } = Date;
  const stats = new DeliveryStats();
  const progressed = new WakeUp();
  const inFlight = new InFlight(0n);
  const catalog = new CatalogLink(assignment.catalogUrl, `spillway:${streamId}:${assignment.epoch}`);
  const records = new CatalogRecords(catalog, streamId, assignment.epoch);
  const copies = letterCopiesFor(assignment, send);
  const letters = new PgLetterStore(catalog, streamId, revisionId, keyOrderOf(spec.recovery), copies?.ring ?? null);
  const ledger = new Ledger(assignment.totals);
  const states = new StateReporter((report) => send(report));
  const patience = new Patience(stopping, (error) => states.sourceFault(error));
  const nowUs = () => BigInt(now()) * 1000n;
  const desk = new RecoveryDesk({ store: letters, recovery: spec.recovery, flow, sink, readRow: source.row, nowUs });
  const keeper = new PromiseKeeper(
    {
      store: (lsn) => records.promise(lsn),
      confirm: life.confirm,
      tell: (lsn) => send({ type: 'promise', lsn: formatLsn(lsn) }),
      onBreach: (message) => tellBreach(streamId, message),
      share: promiseShare(streamId),
    },
    promisedLsn ? parseLsn(promisedLsn) : 0n,
  );
  const ended = endings({ stats, ledger, inFlight, spill: () => spill, reselect: () => reselect });
  const spill: Spill = spillFor(assignment, { flow, ledger, failpoint, now, ended, onProgress, delivery: () => delivery });
  const delivery: Delivery = new Delivery({
    sink,
    openSink,
    positions,
    recovery: spec.recovery,
    desk,
    lingerMs: limits.lingerMs,
    signal: life.signal,
    failpoint,
    now,
    random: Math.random,
    onCondition: (condition) => states.deliveryCondition(condition),
    onProgress,
    onEnded: ended,
    spilling: { spill, spec: spillOf(spec), behind: life.paused },
  });
  const reselect: Reselect | null = reselectFor(spec.flow, {
    flow,
    read: (wanted) => source.values.read(wanted),
    push: (items) => delivery.push(items),
    onFault: (error) => states.sourceFault(error),
    onRecovered: () => states.sourceRecovered(),
    now,
  });
  const intake = new Intake({
    inFlight,
    flow,
    limits,
    sinkLimits: () => sink.limits,
    messagePrefixes: spec.source.messagePrefixes,
    transactionMetadata: spec.flow.type === 'DebeziumEnvelope' && spec.flow.transactionMetadata,
    failpoint,
    now,
    push: (items) => (reselect ?? delivery).push(items),
    onFiltered: () => ledger.count('filtered'),
    onProgress,
  });
  const reading = { assignment, source, inFlight, intake, recent: new RecentTransactions(), send, stopping };
  const requested = new RequestedRows({ ...reading, requests: new SnapshotRequests(catalog, streamId) });
  const rows = new ExistingRows({
    ...reading,
    records,
    letters,
    progressed,
    states,
    persist: (write) => patience.persist(write),
    onDone: life.onRowsDone,
    dropInFlight: life.dropInFlight,
  });
  return {
    catalog,
    records,
    copies,
    delivery,
    spill,
    intake,
    reselect,
    ledger,
    stats,
    states,
    patience,
    progressed,
    inFlight,
    keeper,
    rows,
    requested,
  };
}
