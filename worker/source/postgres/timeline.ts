/**
 * SQL for the timeline that the server writes now. The control file's (pg_control_checkpoint) is that of the last checkpoint,
 * which lags behind a promotion; the name of the WAL file being written does not.
 */
export const CURRENT_TIMELINE = `(case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
       else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end)`;
