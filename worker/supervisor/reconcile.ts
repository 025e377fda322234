import { DESIRED_STATES, type DesiredState, needsPerson } from '@/core/lifecycle/stream-state';
import type { StreamRow } from './catalog/streams';

/** A pipeline process of this worker. */
export interface RunningPipeline {
  readonly streamId: string;
  readonly revisionId: string;
  readonly restartNonce: number;
  readonly connectionStamp: string;
}

export type Action =
  | { readonly type: 'provision' }
  | { readonly type: 'start' }
  | { readonly type: 'stop'; readonly reason: string }
  /** Stop; the next turn starts it anew at once. */
  | { readonly type: 'replace'; readonly reason: string }
  | { readonly type: 'retire' }
  /** Every row that it was declared for is delivered: it ends. */
  | { readonly type: 'complete' }
  /** Its slot or its place is gone and the spec says that it begins anew by itself. */
  | { readonly type: 'recover' }
  /** The process is gone and the stream should be paused: say so. */
  | { readonly type: 'settle-paused' }
  | { readonly type: 'none' };

export interface ReconcileInput {
  readonly stream: StreamRow;
  readonly running: RunningPipeline | null;
  readonly workerId: string;
  /** What the restart policy says of starting, provisioning or retiring now. */
  readonly mayTry: boolean;
}

const NONE: Action = { type: 'none' };
/** A stream with snapshot `when_needed` begins anew by itself so often within an hour; the next time a person decides. */
export const MOST_SELF_RECOVERIES = 3;

/** Compares what people want of one stream with what this worker runs. Pure: one action a turn, the next turn sees its effect. */
export function reconcile({ stream, running, workerId, mayTry }: ReconcileInput): Action {
  const { lease, desired } = stream;
  if (lease && lease.workerId !== workerId && !lease.expired) {
    return running ? { type: 'stop', reason: `worker ${lease.workerId} runs this stream now` } : NONE;
  }
  if (desired === 'retired') {
    if (running) return { type: 'stop', reason: 'the stream is being retired' };
    return mayTry ? { type: 'retire' } : NONE;
  }
  if (desired === 'paused') {
    if (running) return { type: 'stop', reason: 'the stream was paused' };
    return stream.state === 'paused' || stream.state === 'slot_lost' || stream.state === 'position_mismatch'
      ? NONE
      : { type: 'settle-paused' };
  }
  return reconcileRunning(stream, running, mayTry);
}

function reconcileRunning(stream: StreamRow, running: RunningPipeline | null, mayTry: boolean): Action {
  const { revision, provision } = stream;
  if (!revision || stream.approvedBudgetBytes === null) {
    return running ? { type: 'stop', reason: 'the source part of this revision is not approved' } : NONE;
  }
  const ready = provision !== null && provision.status === 'ready' && provision.sourceHash === revision.sourceHash;
  if (!ready) {
    if (running) return { type: 'stop', reason: 'the approved source part changed: slot and publication are made anew' };
    return mayTry ? { type: 'provision' } : NONE;
  }
  if (stream.rowsDelivered) return running ? { type: 'stop', reason: 'every row is delivered' } : { type: 'complete' };
  if (!running && (stream.selfRecoveries ?? MOST_SELF_RECOVERIES) < MOST_SELF_RECOVERIES) return { type: 'recover' };
  if (!running) return mayTry ? { type: 'start' } : NONE;
  if (running.revisionId !== revision.id) return { type: 'replace', reason: `revision ${revision.number} is current` };
  if (running.restartNonce !== stream.restartNonce) return { type: 'replace', reason: 'a person asked for a restart' };
  if (running.connectionStamp !== stream.connectionStamp)
    return { type: 'replace', reason: 'its source database or sink target was edited' };
  return NONE;
}

/** What has to change before a stream that waits for a person is tried again; kept with its state, so that a new worker knows it. */
export interface WaitsFor {
  readonly restartNonce: number;
  readonly revisionId: string | null;
  readonly desired: DesiredState;
}

/** What a stream is like now, to compare with what it waits for. */
export function presentOf(stream: StreamRow): WaitsFor {
  return { restartNonce: stream.restartNonce, revisionId: stream.revision?.id ?? null, desired: stream.desired };
}

/** What the stream's state says it waits for: null when it waits for nobody. */
export function waitsFor(stream: StreamRow): WaitsFor | null {
  // A drop is tried for ever: nothing of ours may stay on a server because nobody looked.
  if (!needsPerson(stream.state) || stream.desired === 'retired') return null;
  const present = presentOf(stream);
  const { atRestartNonce, atRevisionId, atDesired } = stream.stateDetail ?? {};
  return {
    restartNonce: typeof atRestartNonce === 'number' ? atRestartNonce : present.restartNonce,
    revisionId: typeof atRevisionId === 'string' ? atRevisionId : present.revisionId,
    desired: isDesired(atDesired) ? atDesired : present.desired,
  };
}

/** Kept with a state that waits for a person, for a worker that starts later. */
export function waitMarks(stream: StreamRow): Record<string, unknown> {
  const { restartNonce, revisionId, desired } = presentOf(stream);
  return { atRestartNonce: restartNonce, atRevisionId: revisionId, atDesired: desired };
}

function isDesired(text: unknown): text is DesiredState {
  return DESIRED_STATES.some((state) => state === text);
}
