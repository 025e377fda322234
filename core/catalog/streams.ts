import type { FailoverVerdictDto } from '@/core/dto/slot';
import type { StreamDetailDto } from '@/core/dto/stream';
import type { ErrorKind } from '@/core/error-catalogue';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { type StreamStanding, whyNot } from '@/core/policy/stream-moves';
import { catalog } from './client';
import { toFailoverVerdict, toLastEvents } from './figures';
import { readLetterCopies } from './letter-copies';
import { isUuid } from './scope';
import { activeOf, readSnapshot, snapshotRights } from './snapshots';
import { type StreamHistory, toProvision, toRequestSummary, toRevision, toTimeline } from './stream-history';
import { readStreamRows } from './stream-rows';
import { toIso, toNumber, toSpec } from './values';

/** Everything the stream page shows; null when there is no such stream or this person may not read it. */
export async function getStream(actor: PersonActor, id: string): Promise<StreamDetailDto | null> {
  if (!isUuid(id)) return null;
  const [[summary], history] = await Promise.all([readStreamRows(actor, [id]), readHistory(id)]);
  if (!summary || !history) return null;
  const current = history.revisions.find((revision) => revision.id === history.currentRevisionId);
  if (!current) return null;
  const [observation, failover, letterCopies] = await Promise.all([
    readSourceObservation(summary.sourceName),
    readFailover(id),
    readLetterCopies(id, toSpec(current.spec).recovery),
  ]);
  const pending = history.requests.find((request) => request.status === 'pending');
  const decided = history.requests.find((request) => request.status === 'approved' || request.status === 'rejected');
  const initial = history.provision?.status === 'ready' ? history.provision.snapshotState : null;
  const snapshot = await readSnapshot(id, { initial, status: history.status });
  const standing = { ...summary, mode: toSpec(current.spec).source.snapshot, initial, active: activeOf(snapshot) };
  return {
    ...summary,
    spec: toSpec(current.spec),
    errorKind: history.errorKind as ErrorKind | null,
    stateDetail: history.stateDetail as Record<string, unknown> | null,
    createdAt: toIso(history.createdAt),
    revisions: history.revisions.map((revision) => toRevision(revision, history.currentRevisionId)),
    timeline: history.events.map(toTimeline),
    lastEvents: toLastEvents(history.status?.lastEvents),
    provision: history.provision && toProvision(history.provision),
    snapshot,
    snapshotMay: snapshotRights(actor, summary.team.id, standing),
    pendingRequest: pending ? toRequestSummary(pending) : null,
    lastDecision: decided ? toRequestSummary(decided) : null,
    may: {
      ...rights(actor, summary.team.id, { state: summary.state, desired: summary.desired, hasPendingRequest: pending !== undefined }),
      setBudget:
        mayCall(actor, 'slots.set-budget', summary.team.id) && history.provision !== null && history.provision.status !== 'dropped',
    },
    failover,
    letterCopies,
    serverCapBytes: toNumber(observation?.maxSlotWalKeepBytes),
    walBytesPerSec: observation?.walBytesPerSec ?? null,
  };
}

async function readFailover(streamId: string): Promise<FailoverVerdictDto | null> {
  const slot = await catalog().slotObservation.findFirst({ where: { streamId }, select: { failoverVerdict: true, observedAt: true } });
  return slot && toFailoverVerdict(slot.failoverVerdict, slot.observedAt, Date.now());
}

function rights(actor: PersonActor, teamId: string, standing: StreamStanding): Omit<StreamDetailDto['may'], 'setBudget'> {
  const may = (move: 'pause' | 'resume' | 'revise' | 'retire' | 'restart' | 'recover') =>
    mayCall(actor, `streams.${move}`, teamId) && whyNot(move, standing) === null;
  return {
    pause: may('pause'),
    resume: may('resume'),
    revise: may('revise'),
    retire: may('retire'),
    restart: may('restart'),
    recover: may('recover'),
    reviewLetters: mayCall(actor, 'dead-letters.replay', teamId),
  };
}

async function readHistory(id: string): Promise<StreamHistory | null> {
  return catalog().stream.findUnique({
    where: { id },
    select: {
      errorKind: true,
      stateDetail: true,
      createdAt: true,
      currentRevisionId: true,
      status: {
        select: { lastEvents: true, snapshotDone: true, snapshotTotal: true, snapshotPerSec: true, snapshotWaitsFor: true, pid: true },
      },
      revisions: {
        orderBy: { number: 'desc' },
        select: { id: true, number: true, spec: true, sourceHash: true, createdBy: true, createdAt: true, note: true },
      },
      events: {
        orderBy: { id: 'desc' },
        take: 100,
        select: { id: true, at: true, fromState: true, toState: true, reason: true, actor: true, errorKind: true },
      },
      provision: {
        select: {
          slotName: true,
          publicationName: true,
          status: true,
          walBudgetBytes: true,
          consistentPoint: true,
          snapshotState: true,
          createdAt: true,
          droppedAt: true,
          dropProof: true,
          promisedLsn: true,
          promisedAt: true,
        },
      },
      requests: {
        orderBy: { requestedAt: 'desc' },
        take: 20,
        select: {
          id: true,
          status: true,
          reason: true,
          requestedBy: true,
          requestedAt: true,
          decidedBy: true,
          decidedAt: true,
          decisionReason: true,
        },
      },
    },
  });
}

async function readSourceObservation(name: string) {
  return catalog().sourceObservation.findFirst({
    where: { source: { name } },
    select: { maxSlotWalKeepBytes: true, walBytesPerSec: true },
  });
}
