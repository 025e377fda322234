import type { Client } from 'pg';
import type { ServerSlot } from '@/core/dto/slot';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';

/** A slot of the server: the columns of SlotObservation, and what a verdict needs. */
export interface ObservedSlot extends ServerSlot {
  readonly synced: boolean;
  /** Of its walsender: how far sent, how far received by the reader. */
  readonly sentLsn: string | null;
  readonly writeLsn: string | null;
  /** Decoded changes spilled to disk, and streamed before their commit, so far (pg_stat_replication_slots). */
  readonly spillBytes: number;
  readonly streamBytes: number;
}

export interface SlotsObservation {
  readonly currentLsn: string;
  readonly slots: readonly ObservedSlot[];
  /** What keeps restart_lsn back besides the readers: the oldest transaction that has written, on any database; null when none. */
  readonly oldestTransaction: { readonly pid: number | null; readonly ageSeconds: number; readonly applicationName: string | null } | null;
}

/** Columns of newer servers (failover, synced, inactive_since, invalidation_reason: 17; conflicting: 16) come through to_jsonb. */
const OBSERVE = `
with now as (select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn)
select now.lsn::text as "currentLsn",
  (select jsonb_build_object('pid', pid, 'ageSeconds', age, 'applicationName', application_name) from (
     select pid, extract(epoch from now() - xact_start)::float8 as age, application_name from pg_stat_activity
      where backend_xid is not null and pid <> pg_backend_pid()
     union all select null, extract(epoch from now() - prepared)::float8, null from pg_prepared_xacts) t
    where age is not null order by age desc limit 1) as "oldestTransaction",
  (select jsonb_agg(jsonb_build_object(
     'slotName', s.slot_name, 'slotType', s.slot_type, 'plugin', s.plugin, 'database', s.database, 'temporary', s.temporary,
     'active', s.active, 'activePid', s.active_pid, 'applicationName', a.application_name, 'clientAddress', host(a.client_addr),
     'username', a.usename, 'restartLsn', s.restart_lsn, 'confirmedFlushLsn', s.confirmed_flush_lsn, 'walStatus', s.wal_status,
     'safeWalSize', s.safe_wal_size, 'retainedBytes', case when s.restart_lsn is not null and s.wal_status is distinct from 'lost' then greatest(0, now.lsn - s.restart_lsn) end,
     'lagBytes', case when s.confirmed_flush_lsn is not null and s.wal_status is distinct from 'lost' then greatest(0, now.lsn - s.confirmed_flush_lsn) end,
     'inactiveSince', to_jsonb(s) -> 'inactive_since',
     'invalidationReason', coalesce(to_jsonb(s) ->> 'invalidation_reason', case when (to_jsonb(s) ->> 'conflicting')::bool then 'rows_removed'
       when s.wal_status = 'lost' then 'wal_removed' end),
     'failover', coalesce((to_jsonb(s) ->> 'failover')::bool, false), 'synced', coalesce((to_jsonb(s) ->> 'synced')::bool, false),
     'sentLsn', r.sent_lsn, 'writeLsn', r.write_lsn,
     'spillBytes', coalesce(d.spill_bytes, 0), 'streamBytes', coalesce(d.stream_bytes, 0)) order by s.slot_name)
     from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
     left join pg_stat_replication r on r.pid = s.active_pid
     left join pg_stat_replication_slots d on d.slot_name = s.slot_name) as slots
from now`;

/** One query: every slot of the server and who reads it. */
export async function observeSlots(source: SourceConnection): Promise<SlotsObservation> {
  return withSource(source, { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 10_000 }, readSlots);
}

export async function readSlots(client: Client): Promise<SlotsObservation> {
  const row = (
    await client.query<{ currentLsn: string; oldestTransaction: SlotsObservation['oldestTransaction']; slots: ObservedSlot[] | null }>(
      OBSERVE,
    )
  ).rows[0];
  if (!row) throw new Error('the server answered without a row');
  return { currentLsn: row.currentLsn, oldestTransaction: row.oldestTransaction, slots: row.slots ?? [] };
}
