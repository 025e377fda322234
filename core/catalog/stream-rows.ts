import type { LetterStatus } from '@/core/dto/dead-letter';
import type { SlotVerdictDto } from '@/core/dto/slot';
import type { StreamFiguresDto, StreamRowDto } from '@/core/dto/stream';
import type { StreamState } from '@/core/lifecycle/stream-state';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { STATUS_COLUMNS, toFigures, toVerdict } from './figures';
import { teamScope } from './scope';
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

type Row = Awaited<ReturnType<typeof findRows>>[number];
type LetterCounts = ReadonlyMap<string, number>;
type Sparklines = ReadonlyMap<string, (number | null)[]>;
type Verdicts = ReadonlyMap<string, SlotVerdictDto | null>;

/** What is read beside the rows, by stream id. */
interface Beside {
  readonly letters: LetterCounts;
  readonly sparklines: Sparklines;
  readonly verdicts: Verdicts;
}

/** A row with all figures, as the page of one stream shows them. */
type FullRow = StreamRowDto & { readonly figures: StreamFiguresDto | null };

/** Rows of these streams in the order of the ids, without those that this person may not read. */
export async function readStreamRows(actor: PersonActor, ids: string[]): Promise<FullRow[]> {
  if (ids.length === 0) return [];
  const [rows, letters, sparklines, verdicts] = await Promise.all([
    findRows(actor, ids),
    countLetters(ids),
    readSparklines(ids),
    readVerdicts(ids),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? toRow(row, { letters, sparklines, verdicts }, Date.now()) : [];
  });
}

function findRows(actor: PersonActor, ids: string[]) {
  return catalog().stream.findMany({ where: { id: { in: ids }, ...teamScope(actor) }, select: ROW_COLUMNS });
}

/** A stream without any revision has never been declared; there is none such outside of a half-made fixture. */
function toRow(row: Row, { letters, sparklines, verdicts }: Beside, now: number): FullRow[] {
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

export const SPARKLINE_POINTS = 15;

/** Minute averages of the last 15 minutes from the 5 s samples, oldest first. Minutes are counted back from the catalog's clock. */
async function readSparklines(streamIds: string[]): Promise<Sparklines> {
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
