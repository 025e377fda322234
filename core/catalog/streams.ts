import type { LetterStatus } from '@/core/dto/dead-letter';
import type { FailoverVerdictDto, SlotVerdictDto } from '@/core/dto/slot';
import type { StreamDetailDto, StreamRowDto } from '@/core/dto/stream';
import type { ErrorKind } from '@/core/error-catalogue';
import type { StreamState } from '@/core/lifecycle/stream-state';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { type StreamStanding, whyNot } from '@/core/policy/stream-moves';
import { catalog } from './client';
import { STATUS_COLUMNS, toFailoverVerdict, toFigures, toLastEvents, toVerdict } from './figures';
import { readLetterCopies } from './letter-copies';
import { isUuid, teamScope } from './scope';
import { activeOf, readSnapshot, snapshotRights } from './snapshots';
import { type StreamHistory, toProvision, toRequestSummary, toRevision, toTimeline } from './stream-history';
import { toIso, toNumber, toSpec } from './values';

const ROW_COLUMNS = {
  id: true,
  name: true,
  state: true,
  stateSince: true,
  stateReason: true,
  desired: true,
  team: { select: { id: true, slug: true, name: true } },
  currentRevision: { select: { spec: true } },
  status: { select: STATUS_COLUMNS },
  provision: { select: { walBudgetBytes: true } },
  requests: { where: { status: 'approved' }, orderBy: { decidedAt: 'desc' }, take: 1, select: { walBudgetBytes: true } },
} as const;

/** Every stream this person may read, by name. */
export async function listStreams(actor: PersonActor): Promise<StreamRowDto[]> {
  const rows = await catalog().stream.findMany({
    where: teamScope(actor),
    orderBy: [{ name: 'asc' }, { createdAt: 'desc' }],
    select: ROW_COLUMNS,
  });
  const ids = rows.map((row) => row.id);
  const [letters, sparklines, verdicts] = await Promise.all([countLetters(ids), readSparklines(ids), readVerdicts(ids)]);
  return rows.flatMap((row) => toRow(row, { letters, sparklines, verdicts }, Date.now()));
}

type Row = Awaited<ReturnType<typeof readRow>> & object;
type LetterCounts = ReadonlyMap<string, number>;
type Sparklines = ReadonlyMap<string, (number | null)[]>;
type Verdicts = ReadonlyMap<string, SlotVerdictDto | null>;

/** What is read beside the rows, by stream id. */
interface Beside {
  readonly letters: LetterCounts;
  readonly sparklines: Sparklines;
  readonly verdicts: Verdicts;
}

async function readRow(id: string, actor: PersonActor) {
  return catalog().stream.findFirst({ where: { id, ...teamScope(actor) }, select: ROW_COLUMNS });
}

/** A stream without any revision has never been declared; there is none such outside of a half-made fixture. */
function toRow(row: Row, { letters, sparklines, verdicts }: Beside, now: number): StreamRowDto[] {
  if (!row.currentRevision) return [];
  const spec = toSpec(row.currentRevision.spec);
  const budget = row.provision?.walBudgetBytes ?? row.requests[0]?.walBudgetBytes;
  return [
    {
      id: row.id,
      name: row.name,
      team: row.team,
      state: row.state as StreamState,
      stateSince: toIso(row.stateSince),
      stateReason: row.stateReason,
      desired: row.desired,
      sourceName: spec.source.database,
      table: `${spec.source.schema}.${spec.source.table.name}`,
      sinkType: spec.sink.type,
      sinkTarget: spec.sink.target,
      figures: toFigures(row.status, now),
      openLetters: letters.get(`${row.id}/open`) ?? 0,
      parkedLetters: letters.get(`${row.id}/parked`) ?? 0,
      walBudgetBytes: toNumber(budget),
      verdict: verdicts.get(row.id) ?? null,
      sparkline: sparklines.get(row.id) ?? Array.from({ length: SPARKLINE_POINTS }, () => null),
    },
  ];
}

async function countLetters(streamIds: string[]): Promise<LetterCounts> {
  const statuses: LetterStatus[] = ['open', 'parked'];
  const groups = await catalog().deadLetter.groupBy({
    by: ['streamId', 'status'],
    where: { streamId: { in: streamIds }, status: { in: statuses } },
    _count: { _all: true },
  });
  return new Map(groups.map((group) => [`${group.streamId}/${group.status}`, group._count._all]));
}

async function readVerdicts(streamIds: string[]): Promise<Verdicts> {
  const slots = await catalog().slotObservation.findMany({
    where: { streamId: { in: streamIds } },
    select: { streamId: true, verdict: true, observedAt: true },
  });
  const now = Date.now();
  return new Map(
    slots.flatMap(({ streamId, verdict, observedAt }) => (streamId ? [[streamId, toVerdict(verdict, observedAt, now)] as const] : [])),
  );
}

async function readFailover(streamId: string): Promise<FailoverVerdictDto | null> {
  const slot = await catalog().slotObservation.findFirst({ where: { streamId }, select: { failoverVerdict: true, observedAt: true } });
  return slot && toFailoverVerdict(slot.failoverVerdict, slot.observedAt, Date.now());
}

export const SPARKLINE_POINTS = 15;

/** Minute averages of the last 15 minutes from the 5 s samples, oldest first. Minutes are counted back from the catalog's clock. */
async function readSparklines(streamIds: string[]): Promise<Sparklines> {
  if (streamIds.length === 0) return new Map();
  const points = await catalog().$queryRaw<{ stream_id: string; age: number; rate: number }[]>`
    select stream_id::text, floor(extract(epoch from now() - at) / 60)::int as age, avg(delivered_per_sec)::float8 as rate
      from stream_sample
     where resolution = 5 and at > now() - interval '15 minutes' and at <= now() and stream_id = any(${streamIds}::uuid[])
     group by 1, 2`;
  const lines = new Map<string, (number | null)[]>();
  for (const { stream_id, age, rate } of points) {
    const line = lines.get(stream_id) ?? Array.from<number | null>({ length: SPARKLINE_POINTS }).fill(null);
    line[SPARKLINE_POINTS - 1 - age] = rate;
    lines.set(stream_id, line);
  }
  return lines;
}

/** Everything the stream page shows; null when there is no such stream or this person may not read it. */
export async function getStream(actor: PersonActor, id: string): Promise<StreamDetailDto | null> {
  if (!isUuid(id)) return null;
  const [row, history] = await Promise.all([readRow(id, actor), readHistory(id)]);
  if (!row || !history) return null;
  const [letters, sparklines, verdicts] = await Promise.all([countLetters([id]), readSparklines([id]), readVerdicts([id])]);
  const [summary] = toRow(row, { letters, sparklines, verdicts }, Date.now());
  const current = history.revisions.find((revision) => revision.id === history.currentRevisionId);
  if (!summary || !current) return null;
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
