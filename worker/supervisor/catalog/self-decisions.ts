import type { Query } from './catalog';

// Completion and recovery are decided by the spec beforehand: written as desired state, as a person's verb would.

/** Nothing reads rows of a stream that is retired. */
export async function endSnapshotRequest(query: Query, streamId: string): Promise<void> {
  await query(
    `UPDATE snapshot_request SET status = 'cancelled', note = 'the stream was retired', finished_at = clock_timestamp()
     WHERE stream_id = $1 AND status IN ('running', 'paused')`,
    [streamId],
  );
}

/** What waits in the durable buffer of a stream that is retired goes with it. Returns how many events those were. */
export async function discardSpilled(query: Query, streamId: string): Promise<number> {
  const [row] = await query<{ events: number }>(
    `WITH gone AS (DELETE FROM spill_buffer WHERE stream_id = $1)
     SELECT COALESCE(sum(events - taken), 0)::float8 AS events FROM spill_batch WHERE stream_id = $1`,
    [streamId],
  );
  return row?.events ?? 0;
}

/**
 * Ends a stream that was declared for its rows alone; slot and publication are dropped as with any other that is retired. `rows` as last
 * reported; null when the pipeline ran under another worker, whose figures are in the catalog.
 */
export async function completeStream(query: Query, streamId: string, rows: number | null): Promise<void> {
  await query(
    `WITH ended AS (
       UPDATE stream s SET desired = 'retired' WHERE s.id = $1 AND s.desired = 'running' RETURNING s.state
     ), counted AS (
       SELECT GREATEST($2::bigint, (SELECT snapshot_done FROM stream_status WHERE stream_id = $1),
                       (SELECT rows_done FROM stream_snapshot WHERE stream_id = $1), 0) AS rows
     )
     INSERT INTO stream_event (stream_id, at, from_state, to_state, reason, actor)
     SELECT $1, clock_timestamp(), state, state,
            'Snapshot delivered: ' || to_char(rows, 'FM999,999,999,999') || ' rows. Slot and publication are dropped, as the spec says', 'supervisor'
     FROM ended, counted`,
    [streamId, rows],
  );
}

/** What a lead does with "Read the table again", once more within the hour: the timeline says why. */
export async function recoverByItself(query: Query, streamId: string, most: number): Promise<void> {
  await query(
    `WITH counted AS (
       SELECT count(*)::int AS before FROM stream_event
       WHERE stream_id = $1 AND detail ? 'selfRecovery' AND at > clock_timestamp() - interval '1 hour'
     ), begun AS (
       UPDATE stream s SET restart_nonce = s.restart_nonce + 1 FROM counted
       WHERE s.id = $1 AND s.desired = 'running' AND s.state IN ('slot_lost', 'position_mismatch') AND counted.before < $2
       RETURNING s.state, s.state_reason, counted.before + 1 AS number
     ), dropped AS (
       UPDATE provision p SET status = 'dropping' FROM begun WHERE p.stream_id = $1 AND p.status <> 'dropped'
       RETURNING p.slot_name, p.confirmed_lsn, p.promised_lsn
     )
     INSERT INTO stream_event (stream_id, at, from_state, to_state, reason, actor, detail)
     SELECT $1, clock_timestamp(), state, state,
            'Begun anew by itself, as the spec says (snapshot when_needed): slot ' || slot_name ||
            ' is dropped and made again, and the table is read again. ' ||
            CASE WHEN number < $2 THEN number || ' of at most ' || $2 || ' times in an hour'
                 ELSE 'The last of ' || $2 || ' times in an hour: the next time a person decides' END ||
            '. Why: ' || COALESCE(state_reason, state),
            'supervisor',
            jsonb_build_object('selfRecovery', jsonb_build_object('slot', slot_name, 'promisedLsn', promised_lsn, 'confirmedLsn', confirmed_lsn))
     FROM begun, dropped`,
    [streamId, most],
  );
}
