import { Client, type ClientConfig } from 'pg';
import { messageOf, SpillwayError } from '@/core/errors';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { hostsOf, rememberPrimary } from './hosts';
import { toSourceError } from './source-error';

const CONNECT_TIMEOUT_MS = 10_000;
/** Where there is another host to try. */
const ONE_OF_MANY_TIMEOUT_MS = 3_000;
const TCP_KEEPALIVE_MS = 30_000;

/**
 * Settings that decide how values look as text, the same for the stream, the snapshot and samples, so that a row reads the same
 * whichever way it comes. The first three are what Postgres' own subscriber sets (libpqwalreceiver); an empty search_path makes
 * regclass and friends print their schema; role and database defaults would otherwise leak in.
 */
const TEXT_SETTINGS = [
  'datestyle=ISO',
  'intervalstyle=postgres',
  'extra_float_digits=3',
  'timezone=UTC',
  'bytea_output=hex',
  'lc_monetary=C',
  'search_path=',
];
/** No timeout of a role may end the stream, and the warning that a publication is missing has to come through. */
const REPLICATION_SETTINGS = [
  'statement_timeout=0',
  'lock_timeout=0',
  'idle_in_transaction_session_timeout=0',
  'idle_session_timeout=0',
  'client_min_messages=warning',
];

export interface SessionOptions {
  /** `spillway:<streamId>:<epoch>` for a pipeline (core/postgres/identifiers.ts), any other name for a look. */
  readonly applicationName: string;
  /** 0 = none (the default). */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** Every transaction of the session is READ ONLY. */
  readonly readOnly?: boolean;
  /** Further `name=value` settings, without blanks. */
  readonly settings?: readonly string[];
}

/** Client configuration with everything set explicitly, so that no PG* environment variable has a say. */
export function clientConfig(source: SourceConnection, session: SessionOptions): ClientConfig {
  const settings = [...TEXT_SETTINGS, ...(session.settings ?? [])];
  if (session.statementTimeoutMs !== undefined) settings.push(`statement_timeout=${session.statementTimeoutMs}`);
  if (session.lockTimeoutMs !== undefined) settings.push(`lock_timeout=${session.lockTimeoutMs}`);
  if (session.readOnly) settings.push('default_transaction_read_only=on');
  return {
    host: source.host,
    port: source.port,
    database: source.database,
    user: source.username,
    password: source.password,
    ssl: tlsOptions(source),
    application_name: session.applicationName,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    keepAlive: true,
    keepAliveInitialDelayMillis: TCP_KEEPALIVE_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    client_encoding: 'UTF8',
  };
}

/** Like clientConfig, without any timeout: for the stream and for the connection that creates a slot. */
export function replicationConfig(source: SourceConnection, session: SessionOptions): ClientConfig & { replication: 'database' } {
  const config = clientConfig(source, { ...session, settings: [...REPLICATION_SETTINGS, ...(session.settings ?? [])] });
  return { ...config, replication: 'database' };
}

function tlsOptions({ tlsMode, caCertificate }: SourceConnection): ClientConfig['ssl'] {
  switch (tlsMode) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify_full':
      return { rejectUnauthorized: true, ...(caCertificate ? { ca: caCertificate } : {}) };
  }
}

/**
 * Opens a connection for queries: to the host that takes writes, where the source names several. Throws a SpillwayError; the
 * caller ends the client.
 */
export async function connectSource(source: SourceConnection, session: SessionOptions): Promise<Client> {
  return connectPrimary(source, (at) => clientConfig(at, session));
}

/** Opens a `replication=database` connection, which takes plain SQL and replication commands. */
export async function connectReplication(source: SourceConnection, session: SessionOptions): Promise<Client> {
  return connectPrimary(source, (at) => replicationConfig(at, session));
}

/** The source at the one host that takes writes now; itself where it names no other. */
export async function atPrimary(source: SourceConnection, session: SessionOptions): Promise<SourceConnection> {
  if (hostsOf(source).length === 1) return source;
  const client = await connectSource(source, session);
  const { host, port } = client;
  await endQuietly(client);
  return { ...source, host, port, standbys: [] };
}

/**
 * What libpq does with several hosts and target_session_attrs=read-write (Postgres docs, 34.1.1.3), the last known primary first.
 * A single host is taken as it is, standby or not.
 */
async function connectPrimary(source: SourceConnection, configOf: (at: SourceConnection) => ClientConfig): Promise<Client> {
  const hosts = hostsOf(source);
  if (hosts.length === 1) return connect(new Client(configOf(source)), source);
  const findings: string[] = [];
  const kinds = new Set<SpillwayError['kind']>();
  for (const at of hosts) {
    try {
      const client = await connect(new Client({ ...configOf(at), connectionTimeoutMillis: ONE_OF_MANY_TIMEOUT_MS }), at);
      if (await takesWrites(client)) {
        rememberPrimary(source, at);
        return client;
      }
      await endQuietly(client);
      findings.push(`${at.host}:${at.port} is a standby`);
      kinds.add('source_unreachable');
    } catch (thrown) {
      findings.push(messageOf(thrown));
      kinds.add(thrown instanceof SpillwayError ? thrown.kind : 'source_unreachable');
    }
  }
  throw new SpillwayError(
    // A host that refused the role is the one to mend first.
    kinds.has('source_auth_failed') ? 'source_auth_failed' : 'source_unreachable',
    `None of the ${hosts.length} hosts of the source takes writes: ${findings.join('; ')}`,
  );
}

async function takesWrites(client: Client): Promise<boolean> {
  try {
    const answer = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    return answer.rows[0]?.standby === false;
  } catch (thrown) {
    await endQuietly(client);
    throw toSourceError(thrown);
  }
}

async function connect(client: Client, source: SourceConnection): Promise<Client> {
  // Without a listener a fault between two queries would end the process; the next query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    void client.end().catch(() => undefined);
    throw toSourceError(thrown, `Connecting to ${source.host}:${source.port}/${source.database} as ${source.username} failed`);
  }
}

/** Runs `work` on a connection of its own and ends it. Errors come out as SpillwayErrors. */
export async function withSource<T>(source: SourceConnection, session: SessionOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectSource(source, session);
  try {
    return await work(client);
  } catch (thrown) {
    throw thrown instanceof SpillwayError ? thrown : toSourceError(thrown);
  } finally {
    await endQuietly(client);
  }
}

/** Ends a client; a connection that is gone already is no error. */
export async function endQuietly(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
