import type { Client } from 'pg';
import type { StandbyFacts, StandbySlot } from '@/core/postgres/failover-readiness';

/** What a host says of itself that matters for a failover. */
export interface StandbyLook extends Omit<StandbyFacts, 'name' | 'error'> {
  readonly systemIdentifier: string;
}

interface Row extends Omit<StandbyLook, 'slots'> {
  readonly slots: readonly StandbySlot[] | null;
}

/** Columns and settings of newer servers (synced, invalidation_reason, sync_replication_slots: 17) come through to_jsonb and pg_settings. */
const LOOK = `
select pg_is_in_recovery() as "inRecovery", (select system_identifier::text from pg_control_system()) as "systemIdentifier",
       current_setting('hot_standby_feedback')::bool as "hotStandbyFeedback", current_setting('primary_slot_name') as "primarySlotName",
       (select setting::bool from pg_settings where name = 'sync_replication_slots') as "syncReplicationSlots",
       (select jsonb_agg(jsonb_build_object('slotName', s.slot_name, 'slotType', s.slot_type, 'temporary', s.temporary,
          'synced', coalesce((to_jsonb(s) ->> 'synced')::bool, false), 'invalidationReason', to_jsonb(s) ->> 'invalidation_reason'))
          from pg_replication_slots s) as slots`;

/** One query on a connection to that very host. */
export async function readStandby(client: Client): Promise<StandbyLook> {
  const row = (await client.query<Row>(LOOK)).rows[0];
  if (!row) throw new Error('the server answered without a row');
  return { ...row, slots: row.slots ?? [] };
}
