import type { Client } from 'pg';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';
import { CURRENT_TIMELINE } from './timeline';

/** A server's identity and one slot of it, as they are now. */
export interface SlotState {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** server_version_num. */
  readonly versionNum: number;
  /** Milliseconds; 0 = off. */
  readonly walSenderTimeoutMs: number;
  readonly currentLsn: Lsn;
  readonly publicationExists: boolean;
  readonly slot: SlotFacts | null;
}
export interface SlotFacts {
  readonly plugin: string | null;
  readonly database: string | null;
  readonly active: boolean;
  readonly activePid: number | null;
  readonly confirmedFlushLsn: Lsn | null;
  readonly restartLsn: Lsn | null;
  readonly walStatus: string | null;
  readonly invalidationReason: string | null;
  /** Its changes can no longer be read. */
  readonly lost: boolean;
}

interface Row {
  system: string;
  timeline: number;
  version: number;
  timeout_ms: string;
  lsn: string;
  publication: boolean;
  slot: Record<string, unknown> | null;
}

/**
 * Reads one slot and the publication that goes with it. Columns that only newer servers have (invalidation_reason since 17,
 * conflicting since 16) are read through to_jsonb, so that one statement serves every version.
 */
export async function slotState(client: Client, slotName: string, publicationName: string): Promise<SlotState> {
  const found = await client.query<Row>(
    `select (select system_identifier::text from pg_control_system()) as system,
            ${CURRENT_TIMELINE} as timeline,
            current_setting('server_version_num')::int as version,
            (select setting from pg_settings where name = 'wal_sender_timeout') as timeout_ms,
            (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as lsn,
            exists (select from pg_publication where pubname = $2) as publication,
            (select to_jsonb(s) from pg_replication_slots s where s.slot_name = $1) as slot`,
    [slotName, publicationName],
  );
  const row = found.rows[0];
  if (!row) throw new Error('the server answered without a row');
  return {
    systemIdentifier: row.system,
    timeline: row.timeline,
    versionNum: row.version,
    walSenderTimeoutMs: Number(row.timeout_ms),
    currentLsn: parseLsn(row.lsn),
    publicationExists: row.publication,
    slot: row.slot && slotFacts(row.slot),
  };
}

function slotFacts(slot: Record<string, unknown>): SlotFacts {
  const invalidationReason = textOf(slot.invalidation_reason);
  const walStatus = textOf(slot.wal_status);
  return {
    plugin: textOf(slot.plugin),
    database: textOf(slot.database),
    active: slot.active === true,
    activePid: typeof slot.active_pid === 'number' ? slot.active_pid : null,
    confirmedFlushLsn: lsnOf(slot.confirmed_flush_lsn),
    restartLsn: lsnOf(slot.restart_lsn),
    walStatus,
    invalidationReason: invalidationReason ?? (slot.conflicting === true ? 'rows_removed' : null),
    lost: walStatus === 'lost' || invalidationReason !== null || slot.conflicting === true,
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const lsnOf = (value: unknown): Lsn | null => (typeof value === 'string' ? parseLsn(value) : null);
