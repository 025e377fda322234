import pg from 'pg';
import { hashPassword } from '@/core/secrets/password';
import { migrate } from '@/local/migrate';
import { SEED_HISTORY } from './portal-history';
import { type SeededStream, SOURCES, streamsOf, TARGETS, TEAMS, uuidOf } from './portal-specs';

export const PASSWORD = 'spillway-demo';
/** An admin reads every stream and letter: the dearest reader there is. */
export const ADMIN = 'admin@platform.example';
/** Leads one team of twelve. */
export const LEAD = 'lead@team-00.example';

export interface CatalogSize {
  readonly streams: number;
  readonly letters: number;
}

/** A catalog as large as the floor names it, the same in every run: streams of several teams and states, their figures, charts, letters and audit entries. */
export async function fillCatalog(url: string, { streams: count, letters }: CatalogSize): Promise<readonly SeededStream[]> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await people(client);
    await connections(client);
    const streams = streamsOf(count);
    await declare(client, streams);
    for (const statement of SEED_HISTORY) await client.query(statement.replaceAll(':letters', String(letters)));
    await client.query('vacuum analyze');
    return streams;
  } finally {
    await client.end();
  }
}

async function people(client: pg.Client): Promise<void> {
  const hash = await hashPassword(PASSWORD);
  const teams = Array.from({ length: TEAMS }, (_, at) => ({
    id: uuidOf(`team ${at}`),
    slug: teamSlug(at),
    name: `Team ${teamSlug(at).slice(5)}`,
  }));
  await rows(client, 'team(id, slug, name)', 'id uuid, slug text, name text', teams);
  const users = [
    { id: uuidOf('admin'), email: ADMIN, name: 'Ada Admin', platform_role: 'platform_admin' },
    { id: uuidOf('lead'), email: LEAD, name: 'Lea Lead', platform_role: 'none' },
  ].map((user) => ({ ...user, password_hash: hash }));
  await rows(
    client,
    '"user"(id, email, name, platform_role, password_hash)',
    'id uuid, email text, name text, platform_role "PlatformRole", password_hash text',
    users,
  );
  const memberships = [{ user_id: uuidOf('lead'), team_id: uuidOf('team 0'), role: 'team_lead' }];
  await rows(client, 'membership(user_id, team_id, role)', 'user_id uuid, team_id uuid, role "TeamRole"', memberships);
}

async function connections(client: pg.Client): Promise<void> {
  const sources = Array.from({ length: SOURCES }, (_, at) => ({ id: uuidOf(`source ${at}`), name: `source-${pad(at)}` }));
  await client.query(
    `insert into source_database (id, name, host, port, database, username, tls_mode, sealed_secret, slot_limit)
     select id, name, name || '.db.example', 5432, 'app', 'spillway', 'verify_full', 'sealed', 80
       from jsonb_to_recordset($1) as r(id uuid, name text)`,
    [JSON.stringify(sources)],
  );
  await client.query(
    `insert into source_observation (source_id, reachable, server_version, current_lsn, wal_bytes_per_sec, max_slots, used_slots, max_senders,
                                     used_senders, max_slot_wal_keep_bytes, observed_at)
     select id, true, '18.4', 'A/1B2C3D4E', 812345, 100, 52, 100, 52, 64 * 1024^3, now() + interval '1 day' from source_database`,
  );
  const config = (at: number) =>
    [
      { type: 'Http', url: `https://receiver-${at}.example/events` },
      { type: 'EventLog', store: 'catalog' },
      { type: 'Kafka', brokers: ['broker-1.example:9093', 'broker-2.example:9093'], tls: true },
    ][at % 3];
  const targets = Array.from({ length: TARGETS }, (_, at) => ({
    id: uuidOf(`target ${at}`),
    name: `target-${pad(at)}`,
    config: config(at),
  }));
  await client.query(
    `insert into sink_target (id, name, type, config) select id, name, (config->>'type')::"SinkTargetType", config
       from jsonb_to_recordset($1) as r(id uuid, name text, config jsonb)`,
    [JSON.stringify(targets)],
  );
}

async function declare(client: pg.Client, streams: readonly SeededStream[]): Promise<void> {
  const flat = streams.map((stream, at) => ({
    ...stream,
    at,
    team_id: uuidOf(`team ${stream.team}`),
    source_id: uuidOf(`source ${stream.source}`),
    first_revision: stream.revisionIds[0],
    second_revision: stream.revisionIds[1],
    earlier: { ...stream.spec, recovery: { ...stream.spec.recovery, maxAttempts: 5 } },
  }));
  await client.query(
    `create temp table seeded as select * from jsonb_to_recordset($1) as r(
       at int, id uuid, name text, team_id uuid, source_id uuid, state text, desired "DesiredState", provisioned bool,
       first_revision uuid, second_revision uuid, spec jsonb, earlier jsonb)`,
    [JSON.stringify(flat)],
  );
}

async function rows(client: pg.Client, into: string, columns: string, values: readonly unknown[]): Promise<void> {
  await client.query(`insert into ${into} select * from jsonb_to_recordset($1) as r(${columnsInOrder(into, columns)})`, [
    JSON.stringify(values),
  ]);
}

/** jsonb_to_recordset gives columns in the order of its list, which must be that of the insert. */
function columnsInOrder(into: string, columns: string): string {
  const wanted = into.slice(into.indexOf('(') + 1, -1).split(', ');
  const typed = new Map(columns.split(', ').map((column) => [column.slice(0, column.indexOf(' ')), column]));
  return wanted.map((name) => typed.get(name)).join(', ');
}

const pad = (at: number): string => String(at).padStart(2, '0');
const teamSlug = (at: number): string => `team-${pad(at)}`;
