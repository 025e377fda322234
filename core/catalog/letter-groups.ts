import type { LetterGroupsDto } from '@/core/dto/dead-letter';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { catalog, sql } from './client';
import { isUuid } from './scope';
import { toIso } from './values';

/** Groups on one page. */
const GROUPS_A_PAGE = 30;

export interface GroupQuery {
  readonly streamId?: string | null;
  /** Words of the stream, the team or the error; every one has to be found. */
  readonly text?: string | null;
  /** These groups are answered even when they are not among those shown, as the last. */
  readonly fingerprints?: readonly string[];
  /** Pages from the first on; 1. */
  readonly pages?: number;
}

interface GroupRow {
  readonly fingerprint: string;
  readonly stream_id: string;
  readonly stream_name: string;
  readonly team_id: string;
  readonly team_name: string;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly open: number;
  readonly replaying: number;
  readonly parked_behind: number;
  readonly keys: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly matching: number;
  readonly all_open: number;
}

/**
 * Unresolved letters by fingerprint and stream, the latest first. A parked letter failed at nothing, so it has no group of
 * its own: it is counted with the groups whose keys it waits behind.
 *
 * All unresolved letters are counted from an index alone; keys and letters behind them only of the groups that are shown, group by group:
 * in that order two indexes give them sorted, while a join of all groups at once sorts tens of thousands of keys, three times, by collation.
 */
export async function listLetterGroups(
  actor: PersonActor,
  { streamId, text, fingerprints = [], pages = 1 }: GroupQuery = {},
): Promise<LetterGroupsDto> {
  if (streamId && !isUuid(streamId)) return { groups: [], matching: 0, open: 0, more: false };
  const seesAll = actor.platformRole !== 'none';
  const teams = actor.teams.map((team) => team.id);
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const limit = GROUPS_A_PAGE * Math.min(Math.max(Math.trunc(pages), 1), 100);
  const rows = await catalog().$queryRaw<GroupRow[]>`
    with counted as (
      select stream_id, fingerprint, max(created_at) as latest, min(created_at) as first_at, max(coalesce(last_attempt_at, created_at)) as last_at,
             count(*) filter (where status = 'open')::int as open, count(*) filter (where status = 'replaying')::int as replaying
        from dead_letter
       where status in ('open', 'replaying') and fingerprint is not null ${streamId ? sql`and stream_id = ${streamId}::uuid` : sql``}
       group by 1, 2
    ), matching as (
      select c.*, s.name as stream_name, s.team_id, t.name as team_name, row_number() over (order by c.latest desc, c.fingerprint) as place,
             count(*) over ()::int as matching, sum(c.open) over ()::int as all_open
        from counted c join stream s on s.id = c.stream_id join team t on t.id = s.team_id
       where (${seesAll} or s.team_id = any(${teams}::uuid[]))
         ${findsAll(words)}
    ), shown as materialized (
      select * from matching where place <= ${limit} or fingerprint = any(${fingerprints}::text[])
    )
    select w.fingerprint, w.stream_id::text, w.stream_name, w.team_id::text, w.team_name, w.open, w.replaying, w.first_at, w.last_at,
           w.matching, w.all_open, b.keys, b.parked as parked_behind, e.error_class, e.error_message
      from shown w
      cross join lateral (
        select sum(case when k.key_text is null then k.letters else 1 end)::int as keys, coalesce(sum(p.letters), 0)::int as parked
          from (select key_text, count(*)::int as letters from dead_letter
                 where stream_id = w.stream_id and fingerprint = w.fingerprint and status in ('open', 'replaying') group by 1) k
          left join (select key_text, count(*)::int as letters from dead_letter
                      where stream_id = w.stream_id and status = 'parked' and key_text is not null group by 1) p on p.key_text = k.key_text) b
      cross join lateral (select error_class, error_message from dead_letter l
                           where l.stream_id = w.stream_id and l.fingerprint = w.fingerprint and l.status in ('open', 'replaying')
                           order by l.created_at desc limit 1) e
     order by w.place`;
  const matching = rows[0]?.matching ?? 0;
  return {
    groups: rows.map((row) => toGroup(actor, row)),
    matching,
    open: rows[0]?.all_open ?? 0,
    more: matching > limit,
  };
}

/** A condition on `matching` of the statement: each word is in the names of stream and team, or in what the group's latest letter failed with. */
function findsAll(words: readonly string[]) {
  if (words.length === 0) return sql``;
  return sql`and (
    select bool_and(strpos(found.text, word) > 0)
      from unnest(${words}::text[]) as word,
           (select lower(concat_ws(' ', s.name, t.name, l.error_class, l.error_message)) as text from dead_letter l
             where l.stream_id = c.stream_id and l.fingerprint = c.fingerprint and l.status in ('open', 'replaying')
             order by l.created_at desc limit 1) found)`;
}

function toGroup(actor: PersonActor, row: GroupRow): LetterGroupsDto['groups'][number] {
  return {
    fingerprint: row.fingerprint,
    stream: { id: row.stream_id, name: row.stream_name, teamName: row.team_name },
    errorClass: row.error_class ?? 'unknown',
    errorMessage: row.error_message ?? '',
    open: row.open,
    replaying: row.replaying,
    parkedBehind: row.parked_behind,
    keys: row.keys,
    firstAt: toIso(row.first_at),
    lastAt: toIso(row.last_at),
    mayReview: mayCall(actor, 'dead-letters.replay', row.team_id),
  };
}
