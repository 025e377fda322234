import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { formatBytes } from '@/core/postgres/wal-budget';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { failoverChecks } from './preflight-failover';
import type { ServerFacts } from './server-facts';

const OLDEST_VERSION = 140_000;
/** Below this a slow second of the network or of the worker already costs the connection. */
const SHORT_SENDER_TIMEOUT_MS = 10_000;

interface ServerChecksOptions {
  readonly source: SourceConnection;
  /** Name of the stream's publication and slot: what it already has is not counted against it. */
  readonly publicationName?: string;
}

async function ownSlots(client: Client, slotName: string): Promise<{ slots: number; senders: number }> {
  const found = await client.query<{ slots: number; senders: number }>(
    'select count(*)::int as slots, count(active_pid)::int as senders from pg_replication_slots where slot_name = $1',
    [slotName],
  );
  return found.rows[0] ?? { slots: 0, senders: 0 };
}

/** Version, role of the server, settings, what is left of slots and senders, TLS, Patroni. */
export async function serverChecks(
  client: Client,
  facts: ServerFacts,
  { source, publicationName }: ServerChecksOptions,
): Promise<CheckStep[]> {
  const own = await ownSlots(client, publicationName ?? '');
  return [
    versionCheck(facts),
    await tlsCheck(client, source),
    facts.inRecovery
      ? {
          name: 'Primary',
          status: 'failed',
          finding: 'This server is a standby.',
          remedy: 'Register the primary: publications are made there, and slots of a standby do not survive its promotion.',
        }
      : { name: 'Primary', status: 'ok', finding: 'This server is a primary.' },
    facts.walLevel === 'logical'
      ? { name: 'wal_level', status: 'ok', finding: 'wal_level = logical.' }
      : {
          name: 'wal_level',
          status: 'failed',
          finding: `wal_level = ${facts.walLevel}.`,
          remedy: 'ALTER SYSTEM SET wal_level = logical; -- then restart the server',
        },
    leftCheck('Replication slots', 'max_replication_slots', facts.usedSlots - own.slots, facts.maxSlots),
    leftCheck('WAL senders', 'max_wal_senders', facts.usedSenders - own.senders, facts.maxSenders),
    facts.maxSlotWalKeepBytes === null
      ? {
          name: 'max_slot_wal_keep_size',
          status: 'warning',
          finding: 'Unlimited: a slot that nobody reads can fill the disk.',
          remedy: "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf();",
        }
      : { name: 'max_slot_wal_keep_size', status: 'ok', finding: `A slot may hold back ${formatBytes(facts.maxSlotWalKeepBytes)} of WAL.` },
    ...idleTimeoutCheck(facts),
    senderTimeoutCheck(facts),
    ...(await failoverChecks(client, source)),
  ];
}

function versionCheck({ serverVersion, versionNum }: ServerFacts): CheckStep {
  if (versionNum < OLDEST_VERSION) {
    return {
      name: 'Version',
      status: 'failed',
      finding: `PostgreSQL ${serverVersion}.`,
      remedy: 'Upgrade the server to PostgreSQL 14 or later.',
    };
  }
  if (versionNum < 150_000) {
    return {
      name: 'Version',
      status: 'warning',
      finding: `PostgreSQL ${serverVersion}: no column lists, and empty transactions are sent too.`,
      remedy: 'Upgrade the server to PostgreSQL 17 or later when you can.',
    };
  }
  const failover = versionNum >= 170_000 ? 'slots can follow a failover' : 'slots do not follow a failover by themselves before 17';
  return { name: 'Version', status: 'ok', finding: `PostgreSQL ${serverVersion}: ${failover}.` };
}

async function tlsCheck(client: Client, source: SourceConnection): Promise<CheckStep> {
  const answer = await client.query<{ ssl: boolean; version: string | null; cipher: string | null }>(
    'select ssl, version, cipher from pg_stat_ssl where pid = pg_backend_pid()',
  );
  const tls = answer.rows[0];
  if (tls?.ssl) {
    const trust =
      source.tlsMode === 'verify_full' ? 'and the server’s certificate was checked' : 'but the server’s certificate is not checked';
    const finding = `${tls.version ?? 'TLS'} with ${tls.cipher ?? 'an unknown cipher'}, ${trust}.`;
    return source.tlsMode === 'verify_full'
      ? { name: 'TLS', status: 'ok', finding }
      : { name: 'TLS', status: 'warning', finding, remedy: 'Choose TLS mode verify_full and give the CA certificate.' };
  }
  return {
    name: 'TLS',
    status: 'warning',
    finding: 'The connection is not encrypted.',
    remedy: 'Choose TLS mode verify_full unless the network is private.',
  };
}

function leftCheck(name: string, setting: string, used: number, most: number): CheckStep {
  const finding = `${used} of ${most} used, ${most - used} left.`;
  const remedy = `ALTER SYSTEM SET ${setting} = ${most + 10}; -- then restart the server`;
  if (used >= most) return { name, status: 'failed', finding, remedy };
  return most - used <= 1 ? { name, status: 'warning', finding, remedy } : { name, status: 'ok', finding };
}

function idleTimeoutCheck({ idleSlotTimeoutSeconds }: ServerFacts): CheckStep[] {
  const name = 'idle_replication_slot_timeout';
  if (idleSlotTimeoutSeconds === null) return [];
  if (idleSlotTimeoutSeconds === 0) return [{ name, status: 'ok', finding: 'Off: a paused stream keeps its slot.' }];
  return [
    {
      name,
      status: 'warning',
      finding: `A slot that nobody reads for ${idleSlotTimeoutSeconds} s is invalidated: a paused stream loses its place then.`,
      remedy: 'ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf(); -- or never pause longer than that',
    },
  ];
}

function senderTimeoutCheck({ walSenderTimeoutMs }: ServerFacts): CheckStep {
  const name = 'wal_sender_timeout';
  const remedy = "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf();";
  if (walSenderTimeoutMs === 0) {
    return { name, status: 'warning', finding: 'Off: neither side notices a half-open connection before TCP does.', remedy };
  }
  const finding = `${walSenderTimeoutMs / 1000} s.`;
  return walSenderTimeoutMs < SHORT_SENDER_TIMEOUT_MS ? { name, status: 'warning', finding, remedy } : { name, status: 'ok', finding };
}
