import { SQL_NULL, type Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import type { DesiredState, StreamState } from '@/core/lifecycle/stream-state';
import type { PersonActor } from '@/core/policy/roles';
import { type Move, whyNot } from '@/core/policy/stream-moves';
import type { AuditRecord } from './verb';

/** A stream whose row is locked until the transaction ends: verbs on one stream follow each other. */
export interface LockedStream {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly state: StreamState;
  readonly desired: DesiredState;
  readonly currentRevisionId: string | null;
  readonly hasProvision: boolean;
  readonly pendingRequestId: string | null;
}

/** Team of a stream; undefined when there is no such stream. */
export async function teamOfStream(tx: Tx, streamId: string): Promise<string | undefined> {
  const stream = await tx.stream.findUnique({ where: { id: streamId }, select: { teamId: true } });
  return stream?.teamId;
}

/** Locks and reads a stream that the caller knows to exist. */
export async function lockStream(tx: Tx, streamId: string): Promise<LockedStream> {
  await tx.$queryRaw`select id::text from stream where id = ${streamId}::uuid for update`;
  const row = await tx.stream.findUniqueOrThrow({
    where: { id: streamId },
    select: {
      id: true,
      name: true,
      teamId: true,
      state: true,
      desired: true,
      currentRevisionId: true,
      provision: { select: { status: true } },
      requests: { where: { status: 'pending' }, select: { id: true } },
    },
  });
  const { provision, requests, ...stream } = row;
  return {
    ...stream,
    state: row.state as StreamState,
    hasProvision: provision !== null && provision.status !== 'dropped',
    pendingRequestId: requests[0]?.id ?? null,
  };
}

/** Throws `precondition_failed` with the sentence of whyNot when the move is not possible now. */
export function requireMove(move: Move, stream: LockedStream): void {
  const reason = whyNot(move, { ...stream, hasPendingRequest: stream.pendingRequestId !== null });
  if (reason) throw new SpillwayError('precondition_failed', reason);
}

/** Writes what a person did into the timeline; with `toState`, moves the stream there. Observed states are the worker's. */
export async function recordOnTimeline(
  tx: Tx,
  stream: Pick<LockedStream, 'id' | 'state'>,
  actor: PersonActor,
  reason: string,
  toState: StreamState = stream.state,
): Promise<void> {
  await tx.streamEvent.create({
    data: { streamId: stream.id, fromState: stream.state, toState, reason, actor: actor.name },
    select: { id: true },
  });
  if (toState === stream.state) return;
  await tx.stream.update({
    where: { id: stream.id },
    data: { state: toState, stateSince: new Date(), stateReason: reason, errorKind: null, stateDetail: SQL_NULL },
    select: { id: true },
  });
}

/** Closes the pending request of a stream without a decision. */
export async function closePendingRequest(
  tx: Tx,
  stream: LockedStream,
  actor: PersonActor,
  status: 'voided' | 'withdrawn',
  reason: string,
): Promise<void> {
  await tx.slotRequest.updateMany({
    where: { streamId: stream.id, status: 'pending' },
    data: { status, decidedById: actor.id, decidedBy: actor.name, decidedAt: new Date(), decisionReason: reason },
  });
}

export function aboutStream(
  stream: Pick<LockedStream, 'id' | 'name' | 'teamId'>,
  summary: string,
  change: { before?: unknown; after?: unknown } = {},
): AuditRecord {
  return { subject: { type: 'stream', id: stream.id, name: stream.name }, teamId: stream.teamId, summary, ...change };
}
