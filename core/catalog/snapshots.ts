import type { SnapshotDto } from '@/core/dto/stream';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { type SnapshotMove, type SnapshotStanding, type SnapshotStatus, whyNoSnapshot } from '@/core/policy/snapshot-moves';
import { scopeWords, snapshotScope } from '@/core/spec/snapshot-scope';
import { catalog } from './client';
import { toIso, toNumber } from './values';

/** What is over is shown for so long, ms. */
const SHOWN_MS = 24 * 60 * 60_000;

export interface SnapshotFacts {
  /** snapshotState of the provision; null when there is none that stands. */
  readonly initial: string | null;
  readonly status: {
    readonly snapshotDone: bigint;
    readonly snapshotTotal: bigint | null;
    readonly snapshotPerSec: number;
    readonly snapshotWaitsFor: string | null;
    /** Null = no pipeline runs. */
    readonly pid: number | null;
  } | null;
}

/** Existing rows that are being read, or were within the last day; null when there is nothing to show. */
export async function readSnapshot(streamId: string, { initial, status }: SnapshotFacts): Promise<SnapshotDto | null> {
  const [request, first] = await Promise.all([
    catalog().snapshotRequest.findFirst({ where: { streamId }, orderBy: { requestedAt: 'desc' } }),
    catalog().streamSnapshot.findUnique({ where: { streamId }, select: { startedAt: true, finishedAt: true } }),
  ]);
  const alive = status?.pid != null;
  const live = {
    perSec: alive ? status.snapshotPerSec : 0,
    waitsFor: alive ? status.snapshotWaitsFor : 'the pipeline, which does not run',
  };
  if (initial === 'pending' || initial === 'running') {
    const rows = Number(status?.snapshotDone ?? 0);
    const total = toNumber(status?.snapshotTotal ?? null);
    return {
      kind: 'initial',
      status: 'running',
      scope: 'the whole table',
      rows,
      total,
      ...live,
      etaSeconds: eta(rows, total, live.perSec),
      requestedBy: null,
      reason: null,
      startedAt: toIso(first?.startedAt ?? null),
      finishedAt: null,
      note: null,
    };
  }
  if (!request || (request.finishedAt && Date.now() - request.finishedAt.getTime() > SHOWN_MS)) return null;
  const requestStatus = request.status as SnapshotStatus;
  const over = requestStatus !== 'running' && requestStatus !== 'paused';
  const [rows, total] = [Number(request.rowsDone), toNumber(request.rowsTotal)];
  const perSec = requestStatus === 'running' ? live.perSec : 0;
  return {
    kind: 'again',
    status: requestStatus,
    scope: scopeWords(snapshotScope.parse(request.scope)),
    rows,
    total,
    perSec,
    waitsFor: over ? null : live.waitsFor,
    etaSeconds: over ? null : eta(rows, total, perSec),
    requestedBy: request.requestedBy,
    reason: request.reason,
    startedAt: toIso(request.requestedAt),
    finishedAt: toIso(request.finishedAt),
    note: request.note,
  };
}

function eta(rows: number, total: number | null, perSec: number): number | null {
  return total === null || perSec <= 0 ? null : Math.max(0, total - rows) / perSec;
}

/** The request that is not over. */
export function activeOf(snapshot: SnapshotDto | null): SnapshotStanding['active'] {
  const under = snapshot?.kind === 'again' ? snapshot.status : null;
  return under === 'running' || under === 'paused' ? under : null;
}

/** Which moves this person may make about rows of a stream. */
export function snapshotRights(actor: PersonActor, teamId: string, standing: SnapshotStanding): Record<SnapshotMove, boolean> {
  const may = (move: SnapshotMove) => mayCall(actor, `streams.${move}-snapshot`, teamId) && whyNoSnapshot(move, standing) === null;
  return { start: may('start'), pause: may('pause'), resume: may('resume'), cancel: may('cancel') };
}
