import { SpillwayError } from '@/core/errors';
import type { SealContext } from '@/core/secrets/seal';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { openSecret } from '@/worker/secrets/open-secret';
import type { Catalog } from '../catalog/catalog';
import { type SourceRow, sourceById, sourceByName } from '../catalog/sources';
import { openSource } from '../connections';

/** What answering a question may use. */
export interface InspectionContext {
  readonly catalog: Catalog;
  readonly privateKey: string;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

export interface OpenedSource {
  readonly row: SourceRow;
  readonly connection: SourceConnection;
}

/** A registered source by name, secret opened. Throws `not_found` with the name. */
export async function sourceNamed(name: string, { catalog, privateKey }: InspectionContext): Promise<OpenedSource> {
  const row = await sourceByName(catalog.query, name);
  if (!row) throw new SpillwayError('not_found', `source database "${name}" is not registered`);
  return { row, connection: openSource(row, privateKey) };
}

export async function sourceWithId(id: string, { catalog, privateKey }: InspectionContext): Promise<OpenedSource> {
  const row = await sourceById(catalog.query, id);
  if (!row) throw new SpillwayError('not_found', 'this source database is not registered any more');
  return { row, connection: openSource(row, privateKey) };
}

/** Opens a secret that came with a question; `sealContext` is the text `kind/id/version` it was sealed for (core/secrets/seal.ts). */
export function openAsked(sealed: string, sealContext: string, kind: SealContext['kind'], privateKey: string): string {
  const [sealedKind, id, version] = sealContext.split('/');
  if (sealedKind !== kind || !id || version === undefined) {
    throw new SpillwayError('secret_unreadable', 'the secret of this question was sealed for something else');
  }
  return openSecret(sealed, privateKey, { kind, id, version: Number(version) });
}
