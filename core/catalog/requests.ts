import type { Dossier } from '@/core/dto/inspection';
import type { SlotRequestDto } from '@/core/dto/slot';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { isUuid, teamScope } from './scope';
import { toIso, toNumber, toSpec } from './values';

const COLUMNS = {
  id: true,
  status: true,
  reason: true,
  dossier: true,
  requestedById: true,
  requestedBy: true,
  requestedAt: true,
  decidedBy: true,
  decidedAt: true,
  decisionReason: true,
  walBudgetBytes: true,
  stream: { select: { id: true, name: true, team: { select: { name: true } } } },
  revision: { select: { number: true, spec: true } },
} as const;

/** Requests of the teams this person may read: pending ones oldest first, decided ones (200 at most) newest first. */
export async function listRequests(actor: PersonActor, filter: { status?: 'pending' | 'decided' } = {}): Promise<SlotRequestDto[]> {
  const status =
    filter.status === undefined ? {} : { status: filter.status === 'pending' ? ('pending' as const) : { not: 'pending' as const } };
  const rows = await catalog().slotRequest.findMany({
    where: { ...status, stream: teamScope(actor) },
    orderBy: filter.status === 'pending' ? { requestedAt: 'asc' } : { requestedAt: 'desc' },
    take: 200,
    select: COLUMNS,
  });
  return rows.map(toDto);
}

export async function getRequest(actor: PersonActor, id: string): Promise<SlotRequestDto | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().slotRequest.findFirst({ where: { id, stream: teamScope(actor) }, select: COLUMNS });
  return row && toDto(row);
}

interface RequestRow {
  readonly id: string;
  readonly status: SlotRequestDto['status'];
  readonly reason: string;
  readonly dossier: unknown;
  readonly requestedById: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
  readonly walBudgetBytes: bigint | null;
  readonly stream: { readonly id: string; readonly name: string; readonly team: { readonly name: string } };
  readonly revision: { readonly number: number; readonly spec: unknown };
}

function toDto({ stream, revision, ...row }: RequestRow): SlotRequestDto {
  return {
    ...row,
    stream: { id: stream.id, name: stream.name, teamName: stream.team.name },
    revisionNumber: revision.number,
    spec: toSpec(revision.spec),
    dossier: row.dossier as Dossier | null,
    requestedAt: toIso(row.requestedAt),
    decidedAt: toIso(row.decidedAt),
    walBudgetBytes: toNumber(row.walBudgetBytes),
  };
}
