import type { DraftDto } from '@/core/dto/stream';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { isUuid } from './scope';
import { toIso } from './values';

const COLUMNS = { id: true, teamId: true, streamId: true, body: true, step: true, updatedAt: true } as const;

/** This person's own drafts, in teams they still belong to, latest first. */
export async function listDrafts(actor: PersonActor): Promise<DraftDto[]> {
  const rows = await catalog().draft.findMany({ where: own(actor), orderBy: { updatedAt: 'desc' }, select: COLUMNS });
  return rows.map((row) => ({ ...row, updatedAt: toIso(row.updatedAt) }));
}

/** Drafts are private: nobody reads another person's, whatever their role. */
export async function getDraft(actor: PersonActor, id: string): Promise<DraftDto | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().draft.findFirst({ where: { id, ...own(actor) }, select: COLUMNS });
  return row && { ...row, updatedAt: toIso(row.updatedAt) };
}

function own(actor: PersonActor) {
  return { userId: actor.id, teamId: { in: actor.teams.map((team) => team.id) } };
}
