import type { AuditEntryDto } from '@/core/dto/audit';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { teamScope } from './scope';
import { toIso } from './values';

export interface AuditPage {
  readonly entries: AuditEntryDto[];
  readonly nextCursor: string | null;
}

/** Newest first. Entries that no team owns (sources, sink targets) are for admins and auditors. `cursor` = id of the last entry seen. */
export async function listAudit(
  actor: PersonActor,
  { cursor, limit = 50, subjectId }: { cursor?: string | null; limit?: number; subjectId?: string | null } = {},
): Promise<AuditPage> {
  const take = Math.min(Math.max(limit, 1), 200);
  const before = cursor && /^\d{1,18}$/.test(cursor) ? { id: { lt: BigInt(cursor) } } : {};
  const rows = await catalog().auditEntry.findMany({
    where: { ...teamScope(actor), ...(subjectId ? { subjectId } : {}), ...before },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: {
      id: true,
      at: true,
      actorKind: true,
      actorName: true,
      verb: true,
      subjectType: true,
      subjectId: true,
      subjectName: true,
      teamId: true,
      summary: true,
      before: true,
      after: true,
    },
  });
  const teams = await catalog().team.findMany({ select: { id: true, name: true } });
  const names = new Map(teams.map((team) => [team.id, team.name]));
  const entries = rows.slice(0, take).map(({ teamId, ...row }) => ({
    ...row,
    id: row.id.toString(),
    at: toIso(row.at),
    actorKind: row.actorKind === 'system' ? ('system' as const) : ('person' as const),
    teamName: teamId ? (names.get(teamId) ?? null) : null,
  }));
  return { entries, nextCursor: rows.length > take ? (entries.at(-1)?.id ?? null) : null };
}
