import type { SourceHost, TlsMode } from '@/core/spec/source-database';
import type { Query } from './catalog';

/** A registered source database as stored: the secret is still sealed. */
export interface SourceRow {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly tlsMode: TlsMode;
  readonly caCertificate: string | null;
  readonly sealedSecret: string;
  readonly secretVersion: number;
  readonly slotLimit: number;
  readonly standbys: readonly SourceHost[];
  readonly patroniUrl: string | null;
  readonly systemIdentifier: string | null;
  /** Changes with every edit. */
  readonly stamp: string;
}

const COLUMNS = `id, name, host, port, database, username, tls_mode::text AS "tlsMode", ca_certificate AS "caCertificate",
  sealed_secret AS "sealedSecret", secret_version AS "secretVersion", slot_limit AS "slotLimit", standbys, patroni_url AS "patroniUrl",
  system_identifier AS "systemIdentifier", concat_ws('/', secret_version, extract(epoch FROM updated_at)) AS stamp`;

/** Sources that are registered, and removed ones on which something of ours is still to be dropped. */
export async function watchedSources(query: Query): Promise<SourceRow[]> {
  return query<SourceRow>(
    `SELECT ${COLUMNS} FROM source_database s
     WHERE removed_at IS NULL OR EXISTS (SELECT 1 FROM provision p WHERE p.source_id = s.id AND p.status <> 'dropped')
     ORDER BY name`,
  );
}

/** By id, removed ones too: a slot must be dropped even then. */
export async function sourceById(query: Query, id: string): Promise<SourceRow | null> {
  return (await query<SourceRow>(`SELECT ${COLUMNS} FROM source_database WHERE id = $1`, [id]))[0] ?? null;
}

export async function sourceByName(query: Query, name: string): Promise<SourceRow | null> {
  return (await query<SourceRow>(`SELECT ${COLUMNS} FROM source_database WHERE name = $1 AND removed_at IS NULL`, [name]))[0] ?? null;
}

/** Kept from the first successful look, so that another server behind the same address is noticed. */
export async function recordSystemIdentifier(query: Query, id: string, systemIdentifier: string): Promise<void> {
  await query(`UPDATE source_database SET system_identifier = $2 WHERE id = $1 AND system_identifier IS DISTINCT FROM $2`, [
    id,
    systemIdentifier,
  ]);
}
