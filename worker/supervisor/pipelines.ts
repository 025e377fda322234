import { needsPerson } from '@/core/lifecycle/stream-state';
import { formatLsn, laterLsn, parseLsn } from '@/core/postgres/lsn';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline } from '@/worker/pipeline/messages';
import type { Log } from '@/worker/telemetry/log';
import { type AssignmentContext, buildAssignment } from './assignments';
import { acquireLease, type HeldLease, releaseLeases, renewLeases } from './catalog/leases';
import { recordPromise, recordSlot, recordSnapshot, settlePromise } from './catalog/provisions';
import { addNotice, setState } from './catalog/states';
import type { StreamRow } from './catalog/streams';
import type { Figures } from './figures';
import type { Outbox } from './outbox';
import { type RunningPipeline, waitMarks } from './reconcile';
import type { PipelineExit, PipelineHandle, Runtime } from './runtime';
import { registerSchemas } from './schema-registration';

interface Pipeline extends RunningPipeline {
  readonly name: string;
  readonly epoch: number;
  readonly handle: PipelineHandle;
  /** The decision about rows to be read again that it was told of last. */
  snapshotStamp: string | null;
}

export interface PipelinesDeps extends AssignmentContext {
  readonly runtime: Runtime;
  readonly outbox: Outbox;
  readonly figures: Figures;
  readonly log: Log;
  /** Called once for each pipeline that ended, after it left the list. */
  readonly onExit: (pipeline: RunningPipeline, exit: PipelineExit) => void;
}

/** Grace for a pipeline whose stream another worker took over: it may not go on delivering. */
const FENCED_GRACE_MS = 2_000;

/** The pipelines that this worker runs, and the leases it runs them under. */
export class Pipelines {
  readonly #running = new Map<string, Pipeline>();
  /** Promises that the catalog may not have yet: the next pipeline of the stream must know them. */
  readonly #promises = new Map<string, { readonly sourceHash: string; readonly lsn: string }>();
  #closed = false;

  constructor(private readonly deps: PipelinesDeps) {}

  get(streamId: string): Pipeline | null {
    return this.#running.get(streamId) ?? null;
  }

  list(): readonly Pipeline[] {
    return [...this.#running.values()];
  }

  /** Takes the lease and starts the process. False = another worker has the lease. Throws when the assignment cannot be made. */
  async start(stream: StreamRow): Promise<boolean> {
    const { catalog, workerId, runtime, figures, log } = this.deps;
    const epoch = await acquireLease(catalog.query, stream.id, workerId);
    if (epoch === null) return false;
    const subjects = await registerSchemas(this.deps, stream);
    if (subjects) log.info({ stream: stream.name, subjects }, 'schemas registered');
    const assignment = this.#withPromise(stream, await buildAssignment(this.deps, stream, epoch, figures.totals(stream.id)));
    if (this.#closed) return false;
    const handle = runtime.start(assignment, (message) => this.#receive(stream, message));
    const pipeline: Pipeline = {
      streamId: stream.id,
      name: stream.name,
      revisionId: assignment.revisionId,
      restartNonce: stream.restartNonce,
      connectionStamp: stream.connectionStamp,
      epoch,
      handle,
      snapshotStamp: null,
    };
    this.#running.set(stream.id, pipeline);
    figures.started(stream.id, { pid: handle.pid, epoch, totals: assignment.totals }, Date.now());
    log.info({ stream: stream.name, epoch, pid: handle.pid, revision: assignment.revisionNumber }, 'pipeline started');
    void handle.exited.then((exit) => {
      if (this.#running.get(stream.id) === pipeline) this.#running.delete(stream.id);
      figures.stopped(stream.id);
      log[exit.requested ? 'info' : 'warn']({ stream: stream.name, epoch, kind: exit.errorKind, reason: exit.message }, 'pipeline ended');
      this.deps.onExit(pipeline, exit);
    });
    return true;
  }

  /** Has the pipeline look when people decided about rows to be read again since it looked last. */
  tellSnapshot({ id, snapshotStamp = null }: StreamRow): void {
    const pipeline = this.#running.get(id);
    if (!pipeline || pipeline.snapshotStamp === snapshotStamp) return;
    pipeline.snapshotStamp = snapshotStamp;
    pipeline.handle.send({ type: 'snapshot-request-changed' });
  }

  async stop(streamId: string, reason: string, graceMs?: number): Promise<void> {
    const pipeline = this.#running.get(streamId);
    if (!pipeline) return;
    this.deps.log.info({ stream: pipeline.name, reason }, 'stopping pipeline');
    await pipeline.handle.stop(reason, graceMs);
  }

  /** Gives leases back, so that whoever is next need not wait for them to expire. */
  async release(leases: readonly HeldLease[]): Promise<void> {
    await releaseLeases(this.deps.catalog.query, this.deps.workerId, leases);
  }

  /** Renews all leases; stops at once what another worker owns by now. A catalog outage is thrown and stops nothing. */
  async renew(): Promise<void> {
    const held = this.list();
    const lost = new Set(await renewLeases(this.deps.catalog.query, this.deps.workerId, held));
    const stops = held
      .filter((pipeline) => lost.has(pipeline.streamId) && this.#running.get(pipeline.streamId) === pipeline)
      .map((pipeline) => this.stop(pipeline.streamId, 'another worker took this stream over', FENCED_GRACE_MS));
    await Promise.all(stops);
  }

  /** Stops all, side by side, and starts none after that. Gives the leases to release. */
  async stopAll(reason: string, graceMs: number): Promise<readonly HeldLease[]> {
    this.#closed = true;
    const all = this.list();
    await Promise.all(all.map((pipeline) => pipeline.handle.stop(reason, graceMs)));
    return all;
  }

  #withPromise(stream: StreamRow, assignment: Assignment): Assignment {
    const promise = this.#promises.get(stream.id);
    if (!promise || promise.sourceHash !== stream.provision?.sourceHash) return assignment;
    const recorded = assignment.promisedLsn ? parseLsn(assignment.promisedLsn) : 0n;
    return { ...assignment, promisedLsn: formatLsn(laterLsn(recorded, parseLsn(promise.lsn))) };
  }

  #receive(stream: StreamRow, message: FromPipeline): void {
    const { outbox, catalog, figures, log } = this.deps;
    switch (message.type) {
      case 'stats':
        figures.report(stream.id, message.stats, Date.now());
        break;
      case 'state':
        outbox.put(stream.id, 'state', () =>
          setState(catalog.query, {
            streamId: stream.id,
            state: message.state,
            reason: message.reason,
            actor: 'pipeline',
            errorKind: message.errorKind ?? null,
            detail: { ...message.detail, ...(needsPerson(message.state) ? waitMarks(stream) : {}) },
            whileDesired: ['running'],
          }),
        );
        break;
      case 'slot':
        log.info({ stream: stream.name, consistentPoint: message.consistentPoint, created: message.created }, 'slot ready');
        outbox.put(stream.id, null, () => recordSlot(catalog.query, stream.id, message));
        break;
      case 'promise':
        this.#promises.set(stream.id, { sourceHash: stream.provision?.sourceHash ?? '', lsn: message.lsn });
        outbox.put(stream.id, null, () => recordPromise(catalog.query, stream.id, stream.provision?.sourceHash ?? '', message.lsn));
        break;
      case 'settled': {
        const lsn = figures.confirmedLsn(stream.id);
        const epoch = this.#running.get(stream.id)?.epoch;
        if (!message.known || !lsn || epoch === undefined) break;
        this.#promises.delete(stream.id);
        outbox.put(stream.id, null, () => settlePromise(catalog.query, stream.id, epoch, lsn));
        break;
      }
      case 'notice':
        outbox.put(stream.id, null, () => addNotice(catalog.query, stream.id, message.reason, 'pipeline', undefined, message.detail));
        break;
      case 'snapshot':
        outbox.put(stream.id, `snapshot ${message.state}`, () => recordSnapshot(catalog.query, stream.id, message.state));
        break;
      case 'ready':
      case 'pong':
      case 'fault':
        break;
    }
  }
}
