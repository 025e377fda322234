import { ERROR_CATALOGUE, type ErrorKind } from '@/core/error-catalogue';
import { messageOf, SpillwayError } from '@/core/errors';
import { type DesiredState, needsPerson, type StreamState } from '@/core/lifecycle/stream-state';
import { explainMismatch } from '@/core/postgres/position-mismatch';
import type { SpillLimits } from '@/worker/pipeline/spill-room';
import type { Log } from '@/worker/telemetry/log';
import { type Catalog, isCatalogOutage } from './catalog/catalog';
import { acquireLease } from './catalog/leases';
import { completeStream, discardSpilled, endSnapshotRequest, recoverByItself } from './catalog/self-decisions';
import { setState } from './catalog/states';
import { type StreamRow, wantedStreams } from './catalog/streams';
import { Figures } from './figures';
import { Outbox } from './outbox';
import { Pipelines } from './pipelines';
import type { Provisioner } from './provisioner';
import {
  type Action,
  MOST_SELF_RECOVERIES,
  presentOf,
  type RunningPipeline,
  reconcile,
  type WaitsFor,
  waitMarks,
  waitsFor,
} from './reconcile';
import { delayAfter, FRESH, failed, mayTry, type RestartState, refresh, started } from './restart-policy';
import type { PipelineExit, Runtime } from './runtime';
import { gated, StartGate } from './start-gate';

export interface SupervisorDeps {
  readonly catalog: Catalog;
  readonly workerId: string;
  readonly privateKey: string;
  /** Of the durable buffers of all streams. */
  readonly spillLimits?: SpillLimits | undefined;
  readonly runtime: Runtime;
  readonly provisioner: Provisioner;
  readonly log: Log;
}

const TICK_MS = 1_000;
const RENEW_MS = 10_000;
/** Errors whose state is named after them; the rest are `retrying` or `failed`. */
const OWN_STATE: Partial<Record<ErrorKind, StreamState>> = {
  slot_lost: 'slot_lost',
  position_mismatch: 'position_mismatch',
  slot_in_use: 'slot_in_use',
};

/**
 * Makes what runs equal to what people want: each turn lists the streams, compares, and gives each at most one job. Jobs of
 * different streams run side by side and cannot hold each other up. When the catalog is away nothing is started or stopped.
 */
export class Supervisor {
  readonly figures = new Figures();
  readonly outbox: Outbox;
  readonly pipelines: Pipelines;
  readonly #gate = new StartGate((streamId) => this.#mayStart(streamId));
  readonly #jobs = new Map<string, Promise<void>>();
  readonly #policy = new Map<string, RestartState>();
  readonly #lastSeen = new Map<string, WaitsFor>();
  /** Streams with a job that ended while a turn was loading: its row is older than the job's effect. */
  readonly #touched = new Set<string>();
  #wanted: readonly StreamRow[] = [];
  #timers: NodeJS.Timeout[] = [];
  #turning: Promise<void> | null = null;
  #again = false;
  #stopping = false;
  #lastTurnAt = 0;
  #outage = false;

  constructor(private readonly deps: SupervisorDeps) {
    this.outbox = new Outbox((streamId, thrown) => deps.log.error({ streamId, err: thrown }, 'a catalog write failed'));
    this.pipelines = new Pipelines({
      ...deps,
      runtime: gated(deps.runtime, this.#gate),
      outbox: this.outbox,
      figures: this.figures,
      onExit: (run, exit) => this.#ended(run, exit),
    });
  }

  start(): void {
    this.#timers = [setInterval(() => this.wake(), TICK_MS), setInterval(() => void this.#renew(), RENEW_MS)];
    this.wake();
  }

  /** Streams as of the latest turn that are this worker's to look after. */
  owned(): readonly StreamRow[] {
    return this.#wanted.filter(({ lease }) => !lease || lease.expired || lease.workerId === this.deps.workerId);
  }

  /** ms since the latest turn that saw the catalog. */
  sinceTurnMs(): number {
    return this.#lastTurnAt === 0 ? 0 : performance.now() - this.#lastTurnAt;
  }

  /** Takes a turn now, or one more right after the present one. */
  wake(): void {
    if (this.#stopping) return;
    if (this.#turning) {
      this.#again = true;
      return;
    }
    this.#turning = this.#turn().finally(() => {
      this.#turning = null;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  /** Tells the pipeline of a stream that people decided about its dead letters. */
  lettersChanged(streamId: string): void {
    this.pipelines.get(streamId)?.handle.send({ type: 'letters-changed' });
  }

  /** The server's own view says that the slot is gone: stop at once and wait for a person. */
  slotLost(streamId: string, reason: string, detail: Record<string, unknown>): void {
    const stream = this.#wanted.find((row) => row.id === streamId);
    if (!stream || stream.state === 'slot_lost') return;
    this.#fail(stream, 'slot_lost', reason, detail);
    void this.pipelines.stop(streamId, reason);
  }

  /** The server's own view says that nothing of the table comes any more: stop, and wait for a person. */
  sourceTrouble(streamId: string, kind: ErrorKind, reason: string): void {
    const stream = this.#wanted.find((row) => row.id === streamId);
    if (!stream || needsPerson(stream.state)) return;
    this.#fail(stream, kind, reason);
    void this.pipelines.stop(streamId, reason);
  }

  /** Stops every pipeline, whatever the catalog does. Gives what is left to tell the catalog, where it lets us. */
  async stop(graceMs: number): Promise<() => Promise<void>> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    const leases = await this.pipelines.stopAll('the worker is stopping', graceMs);
    return async () => {
      await this.outbox.flush();
      await this.pipelines.release(leases);
    };
  }

  async #turn(): Promise<void> {
    try {
      await this.outbox.flush();
      this.#touched.clear();
      const wanted = await wantedStreams(this.deps.catalog.query);
      this.#wanted = wanted;
      this.#lastTurnAt = performance.now();
      if (this.#outage) this.deps.log.info('the catalog is back');
      this.#outage = false;
      if (this.#stopping) return;
      for (const stream of wanted) this.pipelines.tellSnapshot(stream);
      for (const stream of [...wanted].sort((a, b) => this.#failures(a) - this.#failures(b))) this.#consider(stream);
      this.#stopUnwanted(wanted);
    } catch (thrown) {
      if (!isCatalogOutage(thrown)) this.deps.log.error({ err: thrown }, 'a turn failed');
      else if (!this.#outage)
        this.deps.log.warn({ err: thrown }, 'the catalog is away: running streams go on, nothing is started or stopped');
      this.#outage = isCatalogOutage(thrown);
    }
  }

  #consider(stream: StreamRow): void {
    if (this.#jobs.has(stream.id) || this.#touched.has(stream.id)) return;
    const present = presentOf(stream);
    const known = this.#policy.get(stream.id) ?? { ...FRESH, waitsFor: waitsFor(stream) };
    const policy = refresh(known, present, this.#lastSeen.get(stream.id) ?? present);
    this.#policy.set(stream.id, policy);
    this.#lastSeen.set(stream.id, present);
    const action = reconcile({
      stream,
      running: this.pipelines.get(stream.id),
      workerId: this.deps.workerId,
      mayTry: mayTry(policy, performance.now(), present),
    });
    if (action.type === 'none' || (isStart(action) && !this.#gate.enter(stream.id))) return;
    this.#job(stream, action);
  }

  /** There is room for this one, which did not find any before. */
  #mayStart(streamId: string): void {
    const stream = this.#wanted.find((row) => row.id === streamId);
    if (stream && !this.#stopping) this.#consider(stream);
  }

  /** Those that failed start after the others: nobody waits for a source that does not answer. */
  #failures({ id, state }: StreamRow): number {
    return this.#policy.get(id)?.failures ?? (state === 'retrying' ? 1 : 0);
  }

  #job(stream: StreamRow, action: Action): void {
    const job = this.#perform(stream, action)
      .then(() => true)
      .catch((thrown: unknown) => {
        // An outage of the catalog says nothing about the stream: the next turn tries again.
        if (!isCatalogOutage(thrown)) this.#failThrown(stream, thrown);
        return false;
      })
      .then((worked) => {
        this.#jobs.delete(stream.id);
        this.#touched.add(stream.id);
        // A pipeline that starts gives its place back when it reads.
        if (isStart(action) && !(worked && this.pipelines.get(stream.id))) this.#gate.leave(stream.id);
        if (worked && action.type !== 'start') this.wake();
      });
    this.#jobs.set(stream.id, job);
  }

  async #perform(stream: StreamRow, action: Action): Promise<void> {
    const { catalog, workerId, provisioner } = this.deps;
    switch (action.type) {
      case 'start':
        if (await this.pipelines.start(stream)) this.#policy.set(stream.id, started(this.#policyOf(stream.id), performance.now()));
        return;
      case 'stop':
      case 'replace':
        return this.pipelines.stop(stream.id, action.reason);
      case 'settle-paused':
        this.#put(stream, 'paused', 'paused: its slot keeps retaining WAL', null, {}, ['paused']);
        // Whatever it waited for: resuming is a person's act, too.
        this.#policy.set(stream.id, FRESH);
        await this.outbox.drain(stream.id);
        if (stream.lease?.workerId === workerId) await this.pipelines.release([{ streamId: stream.id, epoch: stream.lease.epoch }]);
        return;
      case 'provision': {
        const epoch = await acquireLease(catalog.query, stream.id, workerId);
        if (epoch === null) return;
        if (stream.state !== 'provisioning') this.#put(stream, 'provisioning', 'creating the publication', null, {}, ['running']);
        await this.outbox.drain(stream.id);
        await provisioner.provision(stream);
        this.#policy.set(stream.id, FRESH);
        return;
      }
      case 'retire': {
        const epoch = await acquireLease(catalog.query, stream.id, workerId);
        if (epoch === null) return;
        if (stream.state !== 'retiring') this.#put(stream, 'retiring', 'dropping slot and publication', null, {}, ['retired']);
        await this.outbox.drain(stream.id);
        const reason = await provisioner.retire(stream);
        await endSnapshotRequest(catalog.query, stream.id);
        const spilled = await discardSpilled(catalog.query, stream.id);
        const discarded = spilled > 0 ? `. ${spilled.toLocaleString('en-US')} events that waited in the durable buffer were discarded` : '';
        this.#put(stream, 'retired', `${reason}${discarded}`, null, {}, ['retired']);
        await this.outbox.drain(stream.id);
        await this.pipelines.release([{ streamId: stream.id, epoch }]);
        this.figures.forget(stream.id);
        return;
      }
      case 'complete':
        return completeStream(catalog.query, stream.id, this.figures.snapshotRows(stream.id));
      case 'recover':
        return recoverByItself(catalog.query, stream.id, MOST_SELF_RECOVERIES);
      case 'none':
        return;
    }
  }

  #stopUnwanted(wanted: readonly StreamRow[]): void {
    const ids = new Set(wanted.map((stream) => stream.id));
    for (const { streamId } of this.pipelines.list()) {
      if (!ids.has(streamId) && !this.#jobs.has(streamId)) void this.pipelines.stop(streamId, 'nobody wants this stream to run any more');
    }
  }

  #ended(run: RunningPipeline, exit: PipelineExit): void {
    const stream = this.#wanted.find((row) => row.id === run.streamId);
    this.#touched.add(run.streamId);
    if (!exit.requested && exit.errorKind && stream) this.#fail(stream, exit.errorKind, exit.message, exit.detail);
    else void this.outbox.drain(run.streamId);
    this.wake();
  }

  #failThrown(stream: StreamRow, thrown: unknown): void {
    const known = thrown instanceof SpillwayError;
    if (!known) this.deps.log.error({ stream: stream.name, err: thrown }, 'a job failed');
    const remedy = known ? thrown.detail.remedy : undefined;
    this.#fail(stream, known ? thrown.kind : 'internal', messageOf(thrown), remedy ? { remedy } : undefined);
  }

  /** Counts the failure and says so: the state, the reason, and when or after what it is tried again. */
  #fail(stream: StreamRow, kind: ErrorKind, message: string, detail?: Readonly<Record<string, unknown>>): void {
    const retiring = stream.desired === 'retired';
    const before = this.#policyOf(stream.id);
    const now = performance.now();
    // A drop is retried for ever: nothing of ours may stay on the server because nobody looked.
    const policy = retiring
      ? { failures: before.failures + 1, startedAt: null, nextTryAt: now + delayAfter(before.failures + 1), waitsFor: null }
      : failed(before, kind, now, presentOf(stream));
    this.#policy.set(stream.id, policy);
    const timed = policy.waitsFor === null;
    const next = timed ? `; next try in ${Math.ceil((policy.nextTryAt - now) / 1000)} s` : '';
    const state: StreamState = retiring ? 'retiring' : (OWN_STATE[kind] ?? (timed ? 'retrying' : 'failed'));
    const explanation = kind === 'position_mismatch' ? explanationOf(stream, detail) : null;
    const shown = {
      ...(explanation ? { explanation } : {}),
      remedy: ERROR_CATALOGUE[kind].remedy,
      ...detail,
      ...(timed ? {} : waitMarks(stream)),
    };
    this.#put(
      stream,
      state,
      `${message}${next}`,
      kind,
      shown,
      retiring ? ['retired'] : kind === 'slot_lost' ? ['running', 'paused'] : ['running'],
    );
    void this.outbox.drain(stream.id);
  }

  #put(
    stream: StreamRow,
    state: StreamState,
    reason: string,
    errorKind: ErrorKind | null,
    detail: Readonly<Record<string, unknown>>,
    whileDesired: readonly DesiredState[],
  ): void {
    const change = { streamId: stream.id, state, reason, actor: 'supervisor', errorKind, detail, whileDesired };
    this.outbox.put(stream.id, 'state', () => setState(this.deps.catalog.query, change));
  }

  #policyOf(streamId: string): RestartState {
    return this.#policy.get(streamId) ?? FRESH;
  }

  async #renew(): Promise<void> {
    try {
      await this.pipelines.renew();
    } catch (thrown) {
      if (!isCatalogOutage(thrown)) this.deps.log.error({ err: thrown }, 'leases could not be renewed');
    }
  }
}

/** A job that costs processor time and connections: few at a time. */
function isStart({ type }: Action): boolean {
  return type === 'start' || type === 'provision';
}

/** Our own record beside what was found; null when it is not about positions (another server of the same name). */
function explanationOf({ provision }: StreamRow, detail: Readonly<Record<string, unknown>> | undefined): string | null {
  const { slotLsn, promisedLsn } = detail ?? {};
  if (!provision || typeof slotLsn !== 'string' || typeof promisedLsn !== 'string') return null;
  const { slotName, promisedAt = null, consistentPoint } = provision;
  return explainMismatch({ slotName, slotLsn, promisedLsn, promisedAt, consistentPoint });
}
