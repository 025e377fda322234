import type { ErrorKind } from '@/core/error-catalogue';
import type { DesiredState, StreamState } from '@/core/lifecycle/stream-state';
import type { Query } from './catalog';

export interface StateChange {
  readonly streamId: string;
  readonly state: StreamState;
  /** One sentence for the timeline. */
  readonly reason: string;
  /** Who or what caused it: `pipeline`, `supervisor`, `wal monitor`. */
  readonly actor: string;
  readonly errorKind?: ErrorKind | null;
  readonly detail?: Readonly<Record<string, unknown>> | null;
  /** Written only while people want one of these: a late word of a pipeline must not overwrite what they asked for since. */
  readonly whileDesired: readonly DesiredState[];
}

/**
 * Writes the observed state and its timeline entry in one statement, and only what is different. A reason that differs
 * only in its figures ("attempt 4", "attempt 5") changes the state's reason but adds no entry. A WAL notice stays.
 * True when something was written.
 */
export async function setState(query: Query, change: StateChange): Promise<boolean> {
  const rows = await query<{ written: number }>(
    `WITH old AS (
       SELECT id, state, state_reason, error_kind, state_detail,
              NULLIF(COALESCE(jsonb_strip_nulls(jsonb_build_object('walNotice', state_detail -> 'walNotice')), '{}') || COALESCE($6::jsonb, '{}'), '{}') AS detail
       FROM stream
       WHERE id = $1 AND state <> 'retired' AND desired::text = ANY($7::text[])
       FOR UPDATE
     ), changed AS (
       UPDATE stream SET state = $2, state_reason = $3, error_kind = $5, state_detail = old.detail,
              state_since = CASE WHEN old.state = $2 THEN stream.state_since ELSE clock_timestamp() END,
              retired_at = CASE WHEN $2 = 'retired' THEN clock_timestamp() ELSE stream.retired_at END
       FROM old
       WHERE stream.id = old.id
         AND (old.state, old.state_reason, old.error_kind, old.state_detail) IS DISTINCT FROM ($2, $3, $5, old.detail)
       RETURNING old.state AS from_state, old.state_reason AS from_reason, old.error_kind AS from_kind
     ), entry AS (
       INSERT INTO stream_event (stream_id, at, from_state, to_state, reason, actor, error_kind, detail)
       SELECT $1, clock_timestamp(), from_state, $2, $3, $4, $5, $6::jsonb FROM changed
       WHERE from_state <> $2 OR from_kind IS DISTINCT FROM $5
          OR regexp_replace(COALESCE(from_reason, ''), '[0-9.]+', '#', 'g') <> regexp_replace($3, '[0-9.]+', '#', 'g')
       RETURNING 1
     )
     SELECT count(*)::int AS written FROM changed`,
    [
      change.streamId,
      change.state,
      asSentence(change.reason),
      change.actor,
      change.errorKind ?? null,
      change.detail && Object.keys(change.detail).length > 0 ? JSON.stringify(change.detail) : null,
      change.whileDesired,
    ],
  );
  return (rows[0]?.written ?? 0) > 0;
}

/** What the portal shows about a stream's retained WAL. */
export interface WalNotice {
  /** Per cent of the budget that was passed: 50, 75 or 100; 0 clears the notice. */
  readonly level: number;
  readonly retainedBytes: number;
  readonly budgetBytes: number;
  readonly sentence: string;
  readonly at: string;
}

/** Adds a timeline entry that leaves the state as it is; with a notice, also shows or clears it on the stream. */
export async function addNotice(
  query: Query,
  streamId: string,
  reason: string,
  actor: string,
  notice?: WalNotice,
  detail?: Readonly<Record<string, unknown>>,
): Promise<void> {
  await query(
    `WITH shown AS (
       UPDATE stream SET state_detail = CASE
           WHEN $5::jsonb IS NULL THEN state_detail
           WHEN ($5::jsonb ->> 'level')::int = 0 THEN NULLIF(COALESCE(state_detail, '{}') - 'walNotice', '{}')
           ELSE COALESCE(state_detail, '{}') || jsonb_build_object('walNotice', $5::jsonb) END
       WHERE id = $1 RETURNING state
     )
     INSERT INTO stream_event (stream_id, at, from_state, to_state, reason, actor, detail)
     SELECT $1, clock_timestamp(), state, state, $2, $3, $4::jsonb FROM shown`,
    [
      streamId,
      asSentence(reason),
      actor,
      notice ? JSON.stringify({ walNotice: notice }) : detail ? JSON.stringify(detail) : null,
      notice ? JSON.stringify(notice) : null,
    ],
  );
}

/** What people read starts with a capital, whoever wrote it. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
