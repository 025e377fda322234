import { catalog, type Tx } from './client';

/**
 * Which streams use a source or sink target by name: their running revision, or a revision that waits for approval, of a
 * stream that is not retired. Names, because that is what a spec holds.
 */
export async function countStreamsBySource(): Promise<ReadonlyMap<string, number>> {
  return toMap(
    await catalog().$queryRaw<CountRow[]>`
      select r.spec->'source'->>'database' as name, count(distinct s.id)::int as streams
        from stream s join stream_revision r on r.stream_id = s.id
       where s.state <> 'retired'
         and (r.id = s.current_revision_id
              or exists (select from slot_request q where q.revision_id = r.id and q.status = 'pending'))
       group by 1`,
  );
}

export async function countStreamsByTarget(): Promise<ReadonlyMap<string, number>> {
  return toMap(
    await catalog().$queryRaw<CountRow[]>`
      select used.name, count(distinct s.id)::int as streams
        from stream s join stream_revision r on r.stream_id = s.id
        cross join lateral (
          select r.spec->'sink'->>'target' union select r.spec->'recovery'->'sink'->>'target'
           union select conversion->>'target' from jsonb_array_elements(coalesce(r.spec->'conversions', '[]')) conversion
        ) as used(name)
       where used.name is not null and s.state <> 'retired'
         and (r.id = s.current_revision_id
              or exists (select from slot_request q where q.revision_id = r.id and q.status = 'pending'))
       group by 1`,
  );
}

interface CountRow {
  readonly name: string;
  readonly streams: number;
}

function toMap(rows: CountRow[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [row.name, row.streams]));
}

/** Names of the streams that use a source, for the sentence that refuses its removal. */
export async function streamsUsing(tx: Tx, kind: 'source' | 'sink-target', name: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select distinct s.name
      from stream s join stream_revision r on r.stream_id = s.id
     where s.state <> 'retired'
       and case when ${kind} = 'source' then r.spec->'source'->>'database' = ${name}
                else ${name} in (r.spec->'sink'->>'target', r.spec->'recovery'->'sink'->>'target')
                  or exists (select from jsonb_array_elements(coalesce(r.spec->'conversions', '[]')) conversion
                              where conversion->>'target' = ${name}) end
       and (r.id = s.current_revision_id
            or exists (select from slot_request q where q.revision_id = r.id and q.status = 'pending'))
     order by 1`;
  return rows.map((row) => row.name);
}
