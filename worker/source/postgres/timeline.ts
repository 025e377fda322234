import type { Client } from 'pg';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';

/**
 * SQL for the timeline that the server writes now. The control file's (pg_control_checkpoint) is that of the last checkpoint,
 * which lags behind a promotion; the name of the WAL file being written does not.
 */
export const CURRENT_TIMELINE = `(case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
       else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end)`;

/**
 * Where timeline `ancestor` ended on the way to timeline `present`: before that position both hold the very same WAL. Null when
 * `present` does not descend from it. Needs a replication connection (Postgres docs, 54.4: TIMELINE_HISTORY).
 */
export async function timelineEnd(client: Client, ancestor: number, present: number): Promise<Lsn | null> {
  const answer = await client.query<{ content: string | Buffer }>(`TIMELINE_HISTORY ${present}`);
  return endInHistory(String(answer.rows[0]?.content ?? ''), ancestor);
}

/** Reads a history file: one line for each ancestor, its number, where it ended, and why. */
export function endInHistory(history: string, ancestor: number): Lsn | null {
  for (const line of history.split('\n')) {
    const [timeline, end] = line.trim().split(/\s+/);
    if (Number(timeline) === ancestor && end && /^[0-9A-F]+\/[0-9A-F]+$/i.test(end)) return parseLsn(end);
  }
  return null;
}
