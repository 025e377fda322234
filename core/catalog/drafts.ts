import type { DraftDto } from '@/core/dto/stream';
import type { PersonActor } from '@/core/policy/roles';
import { keptOf } from '@/core/spec/fes/entry-draft';
import { keptManifest } from '@/core/spec/fes/kept-manifest';
import { catalog } from './client';
import { isUuid } from './scope';
import { toIso } from './values';

const COLUMNS = { id: true, teamId: true, streamId: true, body: true, step: true, manifest: true, updatedAt: true } as const;

/** This person's own drafts, in teams they still belong to, latest first. */
export async function listDrafts(actor: PersonActor): Promise<DraftDto[]> {
  const rows = await catalog().draft.findMany({ where: own(actor), orderBy: { updatedAt: 'desc' }, select: COLUMNS });
  return rows.map(toDto);
}

/** Drafts are private: nobody reads another person's, whatever their role. */
export async function getDraft(actor: PersonActor, id: string): Promise<DraftDto | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().draft.findFirst({ where: { id, ...own(actor) }, select: COLUMNS });
  return row && toDto(row);
}

type DraftRow = Omit<DraftDto, 'kept' | 'updatedAt'> & { readonly manifest: unknown; readonly updatedAt: Date };

function toDto({ manifest, ...row }: DraftRow): DraftDto {
  return { ...row, kept: manifest === null ? [] : keptOf(keptManifest.parse(manifest)), updatedAt: toIso(row.updatedAt) };
}

function own(actor: PersonActor) {
  return { userId: actor.id, teamId: { in: actor.teams.map((team) => team.id) } };
}
