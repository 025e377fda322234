import type { Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import type { PersonActor } from '@/core/policy/roles';
import { type LockedStream, lockStream } from './stream-changes';

export async function teamOfRequest(tx: Tx, requestId: string): Promise<string | undefined> {
  const found = await tx.slotRequest.findUnique({ where: { id: requestId }, select: { stream: { select: { teamId: true } } } });
  return found?.stream.teamId;
}

/** Locks the stream of a request, then reads the request: of two admins who decide at once, the second sees the first's decision. */
export async function lockRequest(tx: Tx, requestId: string) {
  const { streamId } = await tx.slotRequest.findUniqueOrThrow({ where: { id: requestId }, select: { streamId: true } });
  const stream = await lockStream(tx, streamId);
  const request = await tx.slotRequest.findUniqueOrThrow({
    where: { id: requestId },
    select: {
      id: true,
      status: true,
      sourceHash: true,
      requestedById: true,
      decidedBy: true,
      revision: { select: { id: true, number: true, spec: true, createdById: true } },
    },
  });
  return { stream, request };
}

interface Decidable {
  readonly id: string;
  readonly status: string;
  readonly decidedBy: string | null;
}

/** Throws `conflict` naming who decided what, when the request is not pending any more. */
export function requirePending(request: Decidable): void {
  if (request.status === 'pending') return;
  throw new SpillwayError('conflict', `${request.decidedBy ?? 'somebody'} ${DECISIONS[request.status] ?? 'decided'} this request already`);
}

const DECISIONS: Readonly<Record<string, string>> = {
  approved: 'approved',
  rejected: 'rejected',
  voided: 'voided',
  withdrawn: 'withdrew',
};

/** pending → decided, on the condition that it still is pending. */
export async function decide(
  tx: Tx,
  request: Decidable,
  actor: PersonActor,
  decision: { status: 'approved' | 'rejected' | 'voided'; decisionReason: string | null; walBudgetBytes?: number },
): Promise<void> {
  const { walBudgetBytes, ...rest } = decision;
  const { count } = await tx.slotRequest.updateMany({
    where: { id: request.id, status: 'pending' },
    data: {
      ...rest,
      ...(walBudgetBytes === undefined ? {} : { walBudgetBytes: BigInt(walBudgetBytes) }),
      decidedById: actor.id,
      decidedBy: actor.name,
      decidedAt: new Date(),
    },
  });
  if (count === 0) throw new SpillwayError('conflict', 'somebody decided this request a moment ago');
}

/**
 * Slots that Spillway holds on a source, or has approved and will make, not counting this stream's. The source's row is
 * locked, so that two approvals do not share the last slot.
 */
export async function countSlots(tx: Tx, sourceName: string, stream: LockedStream): Promise<{ held: number; limit: number } | null> {
  const sources = await tx.$queryRaw<{ id: string; slot_limit: number }[]>`
    select id::text, slot_limit from source_database where name = ${sourceName} and removed_at is null for update`;
  const source = sources[0];
  if (!source) return null;
  const counts = await tx.$queryRaw<{ held: number }[]>`
    select count(*)::int as held
      from stream s
      left join provision p on p.stream_id = s.id and p.status <> 'dropped'
      left join stream_revision r on r.id = s.current_revision_id
     where s.id <> ${stream.id}::uuid
       and case when p.stream_id is not null then p.source_id = ${source.id}::uuid
                else s.desired in ('running', 'paused') and r.spec->'source'->>'database' = ${sourceName} end`;
  return { held: counts[0]?.held ?? 0, limit: source.slot_limit };
}
