import type { LetterStreamDto } from '@/core/dto/dead-letter';
import type { RowFiguresDto, StreamPageDto } from '@/core/dto/stream';
import { type Findable, filterStreams, type StreamQuery } from '@/core/lifecycle/stream-filter';
import { glanceOf } from '@/core/lifecycle/stream-glance';
import type { StreamState } from '@/core/lifecycle/stream-state';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { STALE_AFTER_MS } from './figures';
import { readStreamRows } from './stream-rows';

/** Streams on one page of the list. */
const STREAMS_A_PAGE = 50;

/**
 * A page of the streams that match, trouble first, and what is to be said of all that this person may read. What decides order and match is
 * read of all streams, in one narrow statement; the rest of the page's own.
 */
export async function listStreams(actor: PersonActor, query: StreamQuery): Promise<StreamPageDto> {
  const all = await readStandings(actor);
  const matching = filterStreams(all, query);
  const pages = Math.max(1, Math.ceil(matching.length / STREAMS_A_PAGE));
  const page = Math.min(query.page, pages);
  const shown = matching.slice((page - 1) * STREAMS_A_PAGE, page * STREAMS_A_PAGE).map(({ id }) => id);
  const teams = new Map(all.map(({ team }) => [team.id, team]));
  return {
    streams: (await readStreamRows(actor, shown)).map((row) => ({ ...row, figures: row.figures && toRowFigures(row.figures) })),
    page,
    pages,
    pageSize: STREAMS_A_PAGE,
    matching: matching.length,
    total: all.length,
    teams: [...teams.values()].sort((a, b) => a.name.localeCompare(b.name)),
    glance: glanceOf(all),
  };
}

function toRowFigures({ lagMs, lagBytes, retainedBytes, deliveredPerSec, stale }: RowFiguresDto): RowFiguresDto {
  return { lagMs, lagBytes, retainedBytes, deliveredPerSec, stale };
}

/** Streams that ever had a dead letter, by name: what the inbox can be narrowed to. */
export async function listLetterStreams(actor: PersonActor): Promise<LetterStreamDto[]> {
  const seesAll = actor.platformRole !== 'none';
  return catalog().$queryRaw<LetterStreamDto[]>`
    select id::text, name from stream s
     where (${seesAll} or team_id = any(${actor.teams.map(({ id }) => id)}::uuid[]))
       and exists (select from dead_letter d where d.stream_id = s.id)
     order by name, created_at desc`;
}

interface StandingRow {
  readonly id: string;
  readonly name: string;
  readonly team_id: string;
  readonly team_name: string;
  readonly state: string;
  readonly table_name: string;
  readonly source_name: string;
  readonly sink_type: string;
  readonly sink_target: string;
  readonly retained: number | null;
  /** Milliseconds of the Unix clock. */
  readonly reported: number | null;
  readonly budget: number | null;
  readonly open: number;
}

async function readStandings(actor: PersonActor): Promise<(Findable & { readonly id: string })[]> {
  const seesAll = actor.platformRole !== 'none';
  const rows = await catalog().$queryRaw<StandingRow[]>`
    select s.id::text, s.name, s.team_id::text, t.name as team_name, s.state,
           coalesce(r.spec->'source'->>'schema', 'public') || '.' || (r.spec->'source'->'table'->>'name') as table_name,
           r.spec->'source'->>'database' as source_name, r.spec->'sink'->>'type' as sink_type, r.spec->'sink'->>'target' as sink_target,
           f.retained_bytes::float8 as retained, (extract(epoch from f.reported_at) * 1000)::float8 as reported,
           coalesce(p.wal_budget_bytes, a.wal_budget_bytes)::float8 as budget, coalesce(d.open, 0) as open
      from stream s join team t on t.id = s.team_id join stream_revision r on r.id = s.current_revision_id
      left join stream_status f on f.stream_id = s.id
      left join provision p on p.stream_id = s.id
      left join lateral (select wal_budget_bytes from slot_request q where p.stream_id is null and q.stream_id = s.id and q.status = 'approved'
                          order by decided_at desc limit 1) a on true
      left join (select stream_id, count(*)::int as open from dead_letter where status = 'open' group by 1) d on d.stream_id = s.id
     where (${seesAll} or s.team_id = any(${actor.teams.map(({ id }) => id)}::uuid[]))
     order by s.name, s.created_at desc`;
  const now = Date.now();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    team: { id: row.team_id, name: row.team_name },
    state: row.state as StreamState,
    table: row.table_name,
    sourceName: row.source_name,
    sinkType: row.sink_type,
    sinkTarget: row.sink_target,
    openLetters: row.open,
    walBudgetBytes: row.budget,
    figures: row.reported === null ? null : { retainedBytes: row.retained, stale: now - row.reported > STALE_AFTER_MS },
  }));
}
