import type { InspectionKind } from '@/core/dto/inspection';
import type { ErrorKind } from '@/core/error-catalogue';
import type { Query } from './catalog';

export interface AskedInspection {
  readonly id: string;
  readonly kind: InspectionKind;
  readonly input: unknown;
}

/** A question that nobody waits for any more is not answered. */
const GIVE_UP_SECONDS = 60;
const KEEP = '1 hour';
const PRUNE_BATCH = 500;

/** Claims the oldest open questions; two workers never claim the same. */
export async function claimInspections(query: Query, limit: number): Promise<AskedInspection[]> {
  return query<AskedInspection>(
    `UPDATE inspection SET status = 'answering'
     WHERE id IN (
       SELECT id FROM inspection WHERE status = 'asked' AND asked_at > clock_timestamp() - make_interval(secs => $2)
       ORDER BY asked_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, input`,
    [limit, GIVE_UP_SECONDS],
  );
}

/** Stores the answer and tells who waits. A sealed secret in the input is of no use any more and goes at once. */
export async function answerInspection(query: Query, id: string, result: unknown): Promise<void> {
  await query(
    `WITH done AS (
       UPDATE inspection SET status = 'answered', result = $2::jsonb, answered_at = clock_timestamp(), input = ${WITHOUT_SECRETS}
       WHERE id = $1 AND status = 'answering' RETURNING id)
     SELECT pg_notify('spillway_answer', id::text) FROM done`,
    [id, JSON.stringify(result)],
  );
}

export interface InspectionError {
  readonly errorKind: ErrorKind;
  readonly message: string;
  readonly remedy: string;
}

export async function failInspection(query: Query, id: string, error: InspectionError): Promise<void> {
  await query(
    `WITH done AS (
       UPDATE inspection SET status = 'failed', error = $2::jsonb, answered_at = clock_timestamp(), input = ${WITHOUT_SECRETS}
       WHERE id = $1 AND status = 'answering' RETURNING id)
     SELECT pg_notify('spillway_answer', id::text) FROM done`,
    [id, JSON.stringify(error)],
  );
}

const WITHOUT_SECRETS = `input #- '{connection,sealedPassword}' #- '{sealedSecret}'`;

/** Deletes questions past their time, and the sealed secrets of those that were never answered. */
export async function pruneInspections(query: Query): Promise<void> {
  await query(
    `DELETE FROM inspection WHERE id IN (SELECT id FROM inspection WHERE asked_at < clock_timestamp() - interval '${KEEP}' LIMIT $1)`,
    [PRUNE_BATCH],
  );
  await query(
    `UPDATE inspection SET input = ${WITHOUT_SECRETS}
     WHERE asked_at < clock_timestamp() - interval '2 minutes' AND (input #> '{connection,sealedPassword}' IS NOT NULL OR input ? 'sealedSecret')`,
  );
}
