import type { StreamSpec } from '@/core/spec/stream-spec';
import type { StoredChange } from '@/worker/source/stored-change';
import type { Query } from './catalog';

/** A dead letter with the revision and the source that a replay would go through. */
export interface LetterForReplay {
  readonly id: string;
  readonly streamId: string;
  readonly keyText: string | null;
  readonly input: StoredChange;
  readonly output: string | null;
  readonly revisionNumber: number;
  readonly spec: StreamSpec;
  readonly database: string;
}

/** In the order of a replay: by stream, then as they were committed. */
export async function lettersForReplay(query: Query, ids: readonly string[]): Promise<LetterForReplay[]> {
  return query<LetterForReplay>(
    `SELECT d.id, d.stream_id AS "streamId", d.key_text AS "keyText", d.input, d.output, r.number AS "revisionNumber", r.spec,
            COALESCE(src.database, r.spec -> 'source' ->> 'database') AS database
     FROM dead_letter d JOIN stream s ON s.id = d.stream_id JOIN stream_revision r ON r.id = s.current_revision_id
     LEFT JOIN source_database src ON src.name = r.spec -> 'source' ->> 'database' AND src.removed_at IS NULL
     WHERE d.id = ANY($1::uuid[]) ORDER BY d.stream_id, d.commit_lsn, d.seq`,
    [ids],
  );
}

/** Parked letters of the same keys, without those named. */
export async function countParkedBehind(query: Query, ids: readonly string[]): Promise<number> {
  const rows = await query<{ count: number }>(
    `SELECT count(*)::int AS count FROM dead_letter p
     WHERE p.status = 'parked' AND p.id <> ALL($1::uuid[]) AND EXISTS (
       SELECT 1 FROM dead_letter d WHERE d.id = ANY($1::uuid[]) AND d.stream_id = p.stream_id AND d.key_text = p.key_text)`,
    [ids],
  );
  return rows[0]?.count ?? 0;
}
