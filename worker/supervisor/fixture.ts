import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import pg from 'pg';
import { sealSecret } from '@/core/secrets/seal';
import { canonicalSourcePart } from '@/core/spec/source-part';
import { type StreamSpec, type StreamSpecInput, streamSpec } from '@/core/spec/stream-spec';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { Catalog } from './catalog/catalog';

/** Catalog rows as the portal's verbs leave them, for tests of the supervisor. */
export interface CatalogFixture {
  readonly url: string;
  readonly catalog: Catalog;
  readonly key: { readonly privateKey: string; readonly publicKey: string };
  readonly teamId: string;
  /** Registers a source database with its password sealed; gives its id. */
  addSource(name: string, url: string): Promise<string>;
  /** Registers an event log in the catalog itself, or in the Postgres at `url`. */
  addEventLogTarget(name: string, url?: string): Promise<string>;
  /** Registers a receiver on this machine. */
  addHttpTarget(name: string, url: string): Promise<string>;
  /** A stream with revision 1 and an approved request, desired running. */
  addApprovedStream(spec: StreamSpecInput, walBudgetBytes?: number): Promise<string>;
  /** A further revision that becomes current; its source part approved when asked. */
  revise(streamId: string, spec: StreamSpecInput, approved: boolean): Promise<string>;
  /** A stream that nobody wants to run: for tests of single tables. */
  addStream(name: string): Promise<string>;
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** In a catalog of its own on the shared server, or in the given one. */
export async function catalogFixture(given?: TestDatabase): Promise<CatalogFixture> {
  const database = given ?? (await catalogDatabase());
  const catalog = new Catalog(database.url);
  const client = new pg.Pool({ connectionString: database.url, max: 4, idleTimeoutMillis: 0 });
  client.on('error', () => undefined);
  const pair = generateKeyPairSync('x25519');
  const key = {
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
  const sql = async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) => (await client.query<R>(text, values)).rows;
  const teamId = randomUUID();
  await sql(`INSERT INTO team (id, slug, name) VALUES ($1, 'team', 'Team')`, [teamId]);

  const addRevision = async (streamId: string, spec: StreamSpec, number: number, approvedBudget: number | null) => {
    const revisionId = randomUUID();
    const hash = createHash('sha256').update(canonicalSourcePart(spec.source)).digest('hex');
    await sql(
      `INSERT INTO stream_revision (id, stream_id, number, spec, source_hash, created_by) VALUES ($1, $2, $3, $4, $5, 'a builder')`,
      [revisionId, streamId, number, JSON.stringify(spec), hash],
    );
    if (approvedBudget !== null) {
      await sql(
        `INSERT INTO slot_request (stream_id, revision_id, source_hash, reason, status, requested_by, decided_at, wal_budget_bytes)
         VALUES ($1, $2, $3, 'test', 'approved', 'a builder', now(), $4)`,
        [streamId, revisionId, hash, approvedBudget],
      );
    }
    await sql(`UPDATE stream SET current_revision_id = $2 WHERE id = $1`, [streamId, revisionId]);
    return revisionId;
  };
  const addStream = async (name: string, desired = 'none', state = 'draft') => {
    const id = randomUUID();
    await sql(`INSERT INTO stream (id, name, team_id, desired, state) VALUES ($1, $2, $3, $4::"DesiredState", $5)`, [
      id,
      name,
      teamId,
      desired,
      state,
    ]);
    return id;
  };

  return {
    url: database.url,
    catalog,
    key,
    teamId,
    sql,
    addStream: (name) => addStream(name),
    async addSource(name, url) {
      const id = randomUUID();
      const { hostname, port, pathname, username, password } = new URL(url);
      const sealed = sealSecret(decodeURIComponent(password), key.publicKey, { kind: 'source', id, version: 1 });
      await sql(
        `INSERT INTO source_database (id, name, host, port, database, username, tls_mode, sealed_secret) VALUES ($1, $2, $3, $4, $5, $6, 'disable', $7)`,
        [id, name, hostname, Number(port), pathname.slice(1), decodeURIComponent(username), sealed],
      );
      return id;
    },
    async addEventLogTarget(name, url) {
      const id = randomUUID();
      const sealed = url ? sealSecret(url, key.publicKey, { kind: 'sink-target', id, version: 1 }) : null;
      await sql(`INSERT INTO sink_target (id, name, type, config, sealed_secret) VALUES ($1, $2, 'EventLog', $3, $4)`, [
        id,
        name,
        JSON.stringify({ type: 'EventLog', store: url ? 'postgres' : 'catalog' }),
        sealed,
      ]);
      return id;
    },
    async addHttpTarget(name, url) {
      const id = randomUUID();
      const config = { type: 'Http', url, allowPrivateNetwork: true, timeoutMs: 30_000 };
      await sql(`INSERT INTO sink_target (id, name, type, config) VALUES ($1, $2, 'Http', $3)`, [id, name, JSON.stringify(config)]);
      return id;
    },
    async addApprovedStream(input, walBudgetBytes = 1024 ** 3) {
      const spec = streamSpec.parse(input);
      const id = await addStream(spec.applicationId, 'running', 'approved');
      await addRevision(id, spec, 1, walBudgetBytes);
      return id;
    },
    async revise(streamId, input, approved) {
      const rows = await sql<{ number: number }>('SELECT max(number) AS number FROM stream_revision WHERE stream_id = $1', [streamId]);
      return addRevision(streamId, streamSpec.parse(input), (rows[0]?.number ?? 0) + 1, approved ? 1024 ** 3 : null);
    },
    async drop() {
      await catalog.close();
      await client.end().catch(() => undefined);
      await database.drop();
    },
  };
}
