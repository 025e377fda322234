import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { Query } from './catalog';

/** A registered sink target as stored: the secret is still sealed. */
export interface SinkTargetRow {
  readonly id: string;
  readonly name: string;
  readonly config: SinkTargetConfig;
  readonly sealedSecret: string | null;
  readonly secretVersion: number;
}

const COLUMNS = `id, name, config, sealed_secret AS "sealedSecret", secret_version AS "secretVersion"`;

export async function sinkTargetById(query: Query, id: string): Promise<SinkTargetRow | null> {
  return (await query<SinkTargetRow>(`SELECT ${COLUMNS} FROM sink_target WHERE id = $1 AND removed_at IS NULL`, [id]))[0] ?? null;
}

export async function sinkTargetByName(query: Query, name: string): Promise<SinkTargetRow | null> {
  return (await query<SinkTargetRow>(`SELECT ${COLUMNS} FROM sink_target WHERE name = $1 AND removed_at IS NULL`, [name]))[0] ?? null;
}
