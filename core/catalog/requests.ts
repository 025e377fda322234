import type { Dossier } from '@/core/dto/inspection';
import type { RequestPageDto, SlotRequestDto, SlotRequestRowDto } from '@/core/dto/slot';
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

/** Requests on one page of a list. */
const REQUESTS_A_PAGE = 50;

/** A list needs neither dossiers nor whole specs: they are most of a request's bytes. */
const { dossier: _dossier, reason: _reason, decisionReason: _decisionReason, ...ROW_COLUMNS } = COLUMNS;

/** Requests of the teams this person may read, a page at a time: pending ones oldest first, decided ones newest first. */
export async function listRequests(
  actor: PersonActor,
  { status, page = 1 }: { readonly status: 'pending' | 'decided'; readonly page?: number },
): Promise<RequestPageDto> {
  const pending = status === 'pending';
  const where = { status: pending ? ('pending' as const) : { not: 'pending' as const }, stream: teamScope(actor) };
  const matching = await catalog().slotRequest.count({ where });
  const pages = Math.max(1, Math.ceil(matching / REQUESTS_A_PAGE));
  const at = Math.min(Math.max(1, Math.trunc(page)), pages);
  const rows = await catalog().slotRequest.findMany({
    where,
    orderBy: [{ requestedAt: pending ? 'asc' : 'desc' }, { id: 'asc' }],
    skip: (at - 1) * REQUESTS_A_PAGE,
    take: REQUESTS_A_PAGE,
    select: ROW_COLUMNS,
  });
  return { requests: rows.map(toListed), page: at, pages, pageSize: REQUESTS_A_PAGE, matching };
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

function toListed({ stream, revision, ...row }: Omit<RequestRow, 'dossier' | 'reason' | 'decisionReason'>): SlotRequestRowDto {
  const { source } = toSpec(revision.spec);
  return {
    ...row,
    stream: { id: stream.id, name: stream.name, teamName: stream.team.name },
    revisionNumber: revision.number,
    sourceName: source.database,
    table: `${source.schema}.${source.table.name}`,
    requestedAt: toIso(row.requestedAt),
    decidedAt: toIso(row.decidedAt),
    walBudgetBytes: toNumber(row.walBudgetBytes),
  };
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
