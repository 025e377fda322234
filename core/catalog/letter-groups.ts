import type { LetterGroupDto } from '@/core/dto/dead-letter';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { isUuid } from './scope';
import { toIso } from './values';

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
}

/**
 * Unresolved letters by fingerprint and stream, the latest first. A parked letter failed at nothing, so it has no group of
 * its own: it is counted with the groups whose keys it waits behind.
 */
export async function listLetterGroups(actor: PersonActor, { streamId }: { streamId?: string | null } = {}): Promise<LetterGroupDto[]> {
  if (streamId && !isUuid(streamId)) return [];
  const seesAll = actor.platformRole !== 'none';
  const teams = actor.teams.map((team) => team.id);
  const rows = await catalog().$queryRaw<GroupRow[]>`
    with waiting as (
      select d.id, d.stream_id, d.fingerprint, d.status, d.key_text, d.error_class, d.error_message, d.created_at, d.last_attempt_at,
             s.name as stream_name, s.team_id, t.name as team_name
        from dead_letter d join stream s on s.id = d.stream_id join team t on t.id = s.team_id
       where d.status in ('open', 'replaying') and d.fingerprint is not null
         and (${seesAll} or s.team_id = any(${teams}::uuid[]))
         and (${streamId ?? null}::uuid is null or s.id = ${streamId ?? null}::uuid)
    ), behind as (
      select w.fingerprint, w.stream_id, count(distinct p.id)::int as parked
        from waiting w join dead_letter p on p.stream_id = w.stream_id and p.key_text = w.key_text and p.status = 'parked'
       group by 1, 2
    )
    select w.fingerprint, w.stream_id::text, w.stream_name, w.team_id::text, w.team_name,
           (array_agg(w.error_class order by w.created_at desc))[1] as error_class,
           (array_agg(w.error_message order by w.created_at desc))[1] as error_message,
           count(*) filter (where w.status = 'open')::int as open,
           count(*) filter (where w.status = 'replaying')::int as replaying,
           coalesce(max(b.parked), 0)::int as parked_behind,
           count(distinct coalesce(w.key_text, w.id::text))::int as keys,
           min(w.created_at) as first_at, max(coalesce(w.last_attempt_at, w.created_at)) as last_at
      from waiting w left join behind b on b.fingerprint = w.fingerprint and b.stream_id = w.stream_id
     group by w.fingerprint, w.stream_id, w.stream_name, w.team_id, w.team_name
     order by max(w.created_at) desc`;
  return rows.map((row) => ({
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
  }));
}
