import type { Query } from './catalog';

/** A decision of people: an approved revision, or a restart of it. */
export interface SchemaDecision {
  readonly streamId: string;
  readonly revisionId: string;
  readonly restartNonce: number;
}

/** True when the schemas of this stream were registered for this decision. */
export async function isRegistered(query: Query, { streamId, revisionId, restartNonce }: SchemaDecision): Promise<boolean> {
  const rows = await query(`SELECT 1 AS yes FROM schema_registration WHERE stream_id = $1 AND revision_id = $2 AND restart_nonce = $3`, [
    streamId,
    revisionId,
    restartNonce,
  ]);
  return rows.length > 0;
}

export async function recordRegistered(query: Query, decision: SchemaDecision, subjects: readonly string[]): Promise<void> {
  await query(
    `INSERT INTO schema_registration (stream_id, revision_id, restart_nonce, subjects, registered_at)
     VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (stream_id) DO UPDATE SET revision_id = excluded.revision_id, restart_nonce = excluded.restart_nonce,
       subjects = excluded.subjects, registered_at = excluded.registered_at`,
    [decision.streamId, decision.revisionId, decision.restartNonce, [...subjects]],
  );
}
