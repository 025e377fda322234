import type { SlotVerdictDto } from '@/core/dto/slot';
import type { FailoverVerdict } from '@/core/postgres/failover-readiness';
import type { ServerFacts } from '@/worker/source/postgres/server-facts';
import type { ObservedSlot } from '@/worker/source/postgres/slot-observation';
import type { Query } from './catalog';

/** A slot as seen, with what the worker that looks after its stream makes of it. */
export interface JudgedSlot extends ObservedSlot {
  readonly verdict?: SlotVerdictDto;
  readonly failoverVerdict?: FailoverVerdict;
}

/**
 * Replaces what is known of a server's slots by the latest look: those that are gone are gone here too. A verdict is given by the
 * worker that looks after the stream; another worker's look leaves it.
 */
export async function writeSlots(query: Query, sourceId: string, slots: readonly JudgedSlot[]): Promise<void> {
  await query(
    `WITH seen AS (
       SELECT n.*, p.stream_id FROM jsonb_to_recordset($2::jsonb) AS n("slotName" text, "slotType" text, plugin text, database text,
         temporary bool, active bool, "activePid" int, "applicationName" text, "clientAddress" text, username text, "restartLsn" text,
         "confirmedFlushLsn" text, "walStatus" text, "safeWalSize" bigint, "retainedBytes" bigint, "lagBytes" bigint,
         "inactiveSince" timestamptz, "invalidationReason" text, failover bool, synced bool, verdict jsonb, "failoverVerdict" jsonb)
       LEFT JOIN provision p ON p.source_id = $1 AND p.slot_name = n."slotName" AND p.status <> 'dropped'
     ), gone AS (
       DELETE FROM slot_observation WHERE source_id = $1 AND slot_name NOT IN (SELECT "slotName" FROM seen)
     )
     INSERT INTO slot_observation (source_id, slot_name, slot_type, plugin, database, temporary, active, active_pid, application_name,
       client_address, username, restart_lsn, confirmed_flush_lsn, wal_status, safe_wal_size, retained_bytes, lag_bytes, inactive_since,
       invalidation_reason, failover, synced, stream_id, verdict, failover_verdict, observed_at)
     SELECT $1, "slotName", "slotType", plugin, database, temporary, active, "activePid", "applicationName", "clientAddress", username,
       "restartLsn", "confirmedFlushLsn", "walStatus", "safeWalSize", "retainedBytes", "lagBytes", "inactiveSince",
       "invalidationReason", failover, synced, stream_id, verdict, "failoverVerdict", clock_timestamp()
     FROM seen
     ON CONFLICT (source_id, slot_name) DO UPDATE SET
       slot_type = excluded.slot_type, plugin = excluded.plugin, database = excluded.database, temporary = excluded.temporary,
       active = excluded.active, active_pid = excluded.active_pid, application_name = excluded.application_name,
       client_address = excluded.client_address, username = excluded.username, restart_lsn = excluded.restart_lsn,
       confirmed_flush_lsn = excluded.confirmed_flush_lsn, wal_status = excluded.wal_status, safe_wal_size = excluded.safe_wal_size,
       retained_bytes = excluded.retained_bytes, lag_bytes = excluded.lag_bytes, inactive_since = excluded.inactive_since,
       invalidation_reason = excluded.invalidation_reason, failover = excluded.failover, synced = excluded.synced,
       stream_id = excluded.stream_id, verdict = COALESCE(excluded.verdict, slot_observation.verdict),
       failover_verdict = COALESCE(excluded.failover_verdict, slot_observation.failover_verdict),
       observed_at = excluded.observed_at`,
    [sourceId, JSON.stringify(slots)],
  );
}

export async function writeSource(query: Query, sourceId: string, facts: ServerFacts, walBytesPerSec: number | null): Promise<void> {
  await query(
    `INSERT INTO source_observation (source_id, reachable, error, server_version, current_lsn, wal_bytes_per_sec, max_slots, used_slots,
       max_senders, used_senders, max_slot_wal_keep_bytes, observed_at)
     VALUES ($1, true, NULL, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp())
     ON CONFLICT (source_id) DO UPDATE SET reachable = true, error = NULL, server_version = excluded.server_version,
       current_lsn = excluded.current_lsn, wal_bytes_per_sec = COALESCE(excluded.wal_bytes_per_sec, source_observation.wal_bytes_per_sec),
       max_slots = excluded.max_slots, used_slots = excluded.used_slots, max_senders = excluded.max_senders,
       used_senders = excluded.used_senders, max_slot_wal_keep_bytes = excluded.max_slot_wal_keep_bytes, observed_at = excluded.observed_at`,
    [
      sourceId,
      facts.serverVersion,
      facts.currentLsn,
      walBytesPerSec,
      facts.maxSlots,
      facts.usedSlots,
      facts.maxSenders,
      facts.usedSenders,
      facts.maxSlotWalKeepBytes,
    ],
  );
}

/** The server did not answer; what was last seen of it stays, with its time. */
export async function writeSourceUnreachable(query: Query, sourceId: string, error: string): Promise<void> {
  await query(
    `INSERT INTO source_observation (source_id, reachable, error, observed_at) VALUES ($1, false, $2, clock_timestamp())
     ON CONFLICT (source_id) DO UPDATE SET reachable = false, error = excluded.error, wal_bytes_per_sec = NULL, observed_at = excluded.observed_at`,
    [sourceId, error],
  );
}
