import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { lsnDistance, parseLsn } from '@/core/postgres/lsn';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';
import { CURRENT_TIMELINE } from './timeline';

const LOOK = { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 10_000 } as const;

/** A server as it is now. LSN as text, sizes in bytes. */
export interface ServerFacts {
  /** `18.4` */
  readonly serverVersion: string;
  readonly versionNum: number;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly inRecovery: boolean;
  readonly currentLsn: string;
  readonly walLevel: string;
  readonly maxSlots: number;
  readonly usedSlots: number;
  readonly maxSenders: number;
  readonly usedSenders: number;
  /** max_slot_wal_keep_size; null = unlimited. */
  readonly maxSlotWalKeepBytes: number | null;
  /** 0 = off. */
  readonly walSenderTimeoutMs: number;
  /** Postgres 18 and later; 0 or null = off. */
  readonly idleSlotTimeoutSeconds: number | null;
}

interface Row extends Omit<ServerFacts, 'maxSlotWalKeepBytes'> {
  keep_mb: string;
}

const FACTS = `
with s as (select name, setting from pg_settings)
select split_part(current_setting('server_version'), ' ', 1) as "serverVersion", current_setting('server_version_num')::int as "versionNum",
       (select system_identifier::text from pg_control_system()) as "systemIdentifier",
       ${CURRENT_TIMELINE} as timeline, pg_is_in_recovery() as "inRecovery",
       (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as "currentLsn",
       current_setting('wal_level') as "walLevel", current_setting('max_replication_slots')::int as "maxSlots",
       (select count(*)::int from pg_replication_slots) as "usedSlots", current_setting('max_wal_senders')::int as "maxSenders",
       (select count(*)::int from pg_stat_replication) as "usedSenders",
       (select setting from s where name = 'max_slot_wal_keep_size') as keep_mb,
       (select setting::int from s where name = 'wal_sender_timeout') as "walSenderTimeoutMs",
       (select case unit when 'min' then setting::int * 60 else setting::int end from pg_settings
         where name = 'idle_replication_slot_timeout') as "idleSlotTimeoutSeconds"`;

/** One query: version, identity, position, limits and what is used of them. */
export async function serverFacts(source: SourceConnection): Promise<ServerFacts> {
  return withSource(source, LOOK, readServerFacts);
}

export async function readServerFacts(client: Client): Promise<ServerFacts> {
  const row = (await client.query<Row>(FACTS)).rows[0];
  if (!row) throw new Error('the server answered without a row');
  const { keep_mb, ...facts } = row;
  const megabytes = Number(keep_mb);
  return { ...facts, maxSlotWalKeepBytes: megabytes < 0 ? null : megabytes * 1024 * 1024 };
}

export interface WalRate {
  readonly walBytesPerSec: number;
  /** Rows written to this database (pg_stat_database.tup_inserted + tup_updated + tup_deleted). */
  readonly rowsPerSec: number;
  /** Seconds that were really watched. */
  readonly sampledSeconds: number;
}

/**
 * Watches the server for some seconds. The row counters are flushed by a backend when its transaction ends, at most once a second,
 * so rows are a good figure only from some seconds on.
 */
export async function sampleWalRate(source: SourceConnection, seconds = 3): Promise<WalRate> {
  return withSource(source, LOOK, async (client) => {
    const before = await readCounters(client);
    await sleep(Math.max(0.1, seconds) * 1000);
    const after = await readCounters(client);
    const sampledSeconds = Math.max(0.001, after.atSeconds - before.atSeconds);
    return {
      walBytesPerSec: lsnDistance(after.lsn, before.lsn) / sampledSeconds,
      rowsPerSec: Math.max(0, after.rows - before.rows) / sampledSeconds,
      sampledSeconds,
    };
  });
}

async function readCounters(client: Client): Promise<{ lsn: bigint; rows: number; atSeconds: number }> {
  const answer = await client.query<{ lsn: string; rows: string; at: string }>(
    `select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as lsn,
            (tup_inserted + tup_updated + tup_deleted)::text as rows, extract(epoch from clock_timestamp())::text as at
       from pg_stat_database where datname = current_database()`,
  );
  const row = answer.rows[0];
  if (!row) throw new Error('the server answered without a row');
  return { lsn: parseLsn(row.lsn), rows: Number(row.rows), atSeconds: Number(row.at) };
}
