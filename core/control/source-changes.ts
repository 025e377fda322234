import type { Tx } from '@/core/catalog/client';
import type { AuditRecord } from './verb';
import { invalid } from './verb-problems';

/** Null (no team owns a source) when it exists, undefined when not. */
export async function sourceExists(tx: Tx, sourceId: string): Promise<null | undefined> {
  return (await tx.sourceDatabase.findFirst({ where: { id: sourceId, removedAt: null }, select: { id: true } })) ? null : undefined;
}

/** Locks a source that the caller knows to exist; its settings without any secret. */
export async function lockSource(tx: Tx, sourceId: string) {
  await tx.$queryRaw`select id::text from source_database where id = ${sourceId}::uuid for update`;
  return tx.sourceDatabase.findUniqueOrThrow({
    where: { id: sourceId },
    select: {
      name: true,
      host: true,
      port: true,
      database: true,
      username: true,
      standbys: true,
      patroniUrl: true,
      tlsMode: true,
      slotLimit: true,
      caCertificate: true,
      secretVersion: true,
    },
  });
}

export async function requireFreeSourceName(tx: Tx, name: string, exceptId: string | null): Promise<void> {
  const taken = await tx.sourceDatabase.findUnique({ where: { name }, select: { id: true } });
  if (taken && taken.id !== exceptId) throw invalid('name', name, 'choose another name: a source has this one');
}

/** Frees the name for a new registration; `~` cannot stand in a name that people give. */
export function removedName(name: string, id: string): string {
  return `${name}~${id.slice(0, 8)}`;
}

/** `did` is a past participle; `how` follows the name. */
export function aboutSource(
  id: string,
  name: string,
  did: string,
  change: { before?: unknown; after?: unknown; how?: string } = {},
): AuditRecord {
  const { how = '', ...rest } = change;
  return { subject: { type: 'source', id, name }, teamId: null, summary: `${did} the source ${name}${how}`, ...rest };
}
