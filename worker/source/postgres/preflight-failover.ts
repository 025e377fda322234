import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { messageOf, SpillwayError } from '@/core/errors';
import { missingSetting } from '@/core/postgres/failover-readiness';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectSource, endQuietly } from './connection';
import { hostsOf } from './hosts';
import { askPatroni } from './patroni';
import { readStandby } from './standby-observation';

/** What decides whether a slot outlives its server: Patroni, the standbys that are attached, and those that are named. */
export async function failoverChecks(client: Client, source: SourceConnection): Promise<CheckStep[]> {
  const { patroni, standbys, waitsFor, version, systemIdentifier } = await attached(client);
  const checks = [await patroniCheck(patroni, source)].filter((step) => step !== null);
  const others = hostsOf(source).filter((at) => at.host !== client.host || at.port !== client.port);
  const byPatroni = patroni || source.patroniUrl !== undefined;
  checks.push(...(await Promise.all(others.map((at) => standbyCheck(at, { systemIdentifier, version, byPatroni })))));
  if (others.length > 0 && !byPatroni && version >= 170_000 && waitsFor === '') {
    checks.push({
      name: 'synchronized_standby_slots',
      status: 'warning',
      finding: 'Empty: a change may be delivered that no standby has yet, and that a failover then takes back.',
      remedy: "ALTER SYSTEM SET synchronized_standby_slots = '<physical slot of each standby>'; SELECT pg_reload_conf();",
    });
  }
  if (others.length === 0) checks.push(attachedCheck(standbys));
  return checks;
}

interface Attached {
  readonly patroni: boolean;
  readonly standbys: number;
  /** synchronized_standby_slots; null before Postgres 17. */
  readonly waitsFor: string | null;
  readonly version: number;
  readonly systemIdentifier: string;
}

/** Patroni shows itself by its connections (application_name "Patroni …"); cluster_name alone proves nothing. */
async function attached(client: Client): Promise<Attached> {
  const answer = await client.query<Attached>(
    `select exists (select from pg_stat_activity where application_name ilike 'patroni%') as patroni,
            (select count(*)::int from pg_stat_replication r where not exists
               (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')) as standbys,
            (select setting from pg_settings where name = 'synchronized_standby_slots') as "waitsFor",
            current_setting('server_version_num')::int as version,
            (select system_identifier::text from pg_control_system()) as "systemIdentifier"`,
  );
  const row = answer.rows[0];
  if (!row) throw new Error('the server answered without a row');
  return row;
}

async function patroniCheck(found: boolean, { patroniUrl }: SourceConnection): Promise<CheckStep | null> {
  const name = 'Patroni';
  if (!patroniUrl) {
    if (!found) return null;
    return {
      name,
      status: 'failed',
      finding: 'Patroni manages this server; it drops every slot that it does not know as soon as nobody reads it.',
      remedy:
        'Give the Patroni URL of the source (http://<member>:8008): slots are then made through Patroni, which keeps them on every member.',
    };
  }
  try {
    const { version, scope, role } = await askPatroni(patroniUrl);
    const finding = `Patroni ${version} of cluster ${scope} answers (${role}).`;
    if (found) return { name, status: 'ok', finding: `${finding} Slots are made through it.` };
    const remedy = 'Check that the URL belongs to this server; without Patroni, remove it.';
    return { name, status: 'warning', finding: `${finding} But no connection of Patroni is seen on this server.`, remedy };
  } catch (thrown) {
    const remedy = thrown instanceof SpillwayError ? thrown.detail.remedy : undefined;
    return { name, status: 'failed', finding: `${messageOf(thrown)}.`, ...(remedy ? { remedy } : {}) };
  }
}

async function standbyCheck(
  at: SourceConnection,
  primary: { readonly systemIdentifier: string; readonly version: number; readonly byPatroni: boolean },
): Promise<CheckStep> {
  const where = `${at.host}:${at.port}`;
  const name = `Standby ${where}`;
  let client: Client;
  try {
    client = await connectSource(at, { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 5_000 });
  } catch (thrown) {
    const remedy = 'Check host, port, firewall and pg_hba.conf of the standby: the worker reads there whether a slot is safe.';
    // No obstacle: after a failover the old primary is down, and a slot has to be made all the same.
    return { name, status: 'warning', finding: `${messageOf(thrown)}.`, remedy };
  }
  try {
    const look = await readStandby(client);
    if (look.systemIdentifier !== primary.systemIdentifier) {
      const finding = `It is another server: system identifier ${look.systemIdentifier}, not ${primary.systemIdentifier}.`;
      return { name, status: 'failed', finding, remedy: 'Name a standby of the primary.' };
    }
    if (!look.inRecovery) {
      const finding = 'It takes writes: it is no standby, and with two primaries nobody knows which one is meant.';
      return { name, status: 'failed', finding, remedy: 'Stop the old primary, or make it a standby.' };
    }
    if (primary.byPatroni || primary.version < 170_000) {
      if (look.hotStandbyFeedback)
        return { name, status: 'ok', finding: 'In recovery, same system identifier, hot_standby_feedback is on.' };
      const remedy = `On ${where}: ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();`;
      return { name, status: 'warning', finding: 'In recovery, same system identifier, but hot_standby_feedback is off.', remedy };
    }
    const missing = missingSetting(look);
    if (!missing) return { name, status: 'ok', finding: 'In recovery, same system identifier, and it syncs slots.' };
    return {
      name,
      status: 'warning',
      finding: `In recovery, same system identifier, but ${missing.finding}.`,
      remedy: `On ${where}: ${missing.remedy}`,
    };
  } finally {
    await endQuietly(client);
  }
}

/** Standbys that nobody named are seen by their walsenders only. */
function attachedCheck(standbys: number): CheckStep {
  const name = 'Failover';
  if (standbys === 0) return { name, status: 'ok', finding: 'No standby is attached.' };
  return {
    name,
    status: 'warning',
    finding: `${standbys} standby${standbys === 1 ? '' : 's'} attached, none named: after a failover the worker does not know where to go on.`,
    remedy: 'Name the standby hosts of the source.',
  };
}
