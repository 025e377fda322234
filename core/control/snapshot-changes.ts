import type { Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import { type SnapshotMove, whyNoSnapshot } from '@/core/policy/snapshot-moves';
import { scopeWords, snapshotScope } from '@/core/spec/snapshot-scope';
import { streamSpec } from '@/core/spec/stream-spec';
import { type LockedStream, lockStream } from './stream-changes';

/** Rows that are being read again. */
export interface ActiveRequest {
  readonly id: string;
  readonly status: 'running' | 'paused';
  /** In the words of a sentence. */
  readonly words: string;
}

/** Locks the stream and reads what is being read again. Throws `precondition_failed` when the move is not possible now. */
export async function lockForSnapshot(
  tx: Tx,
  streamId: string,
  move: SnapshotMove,
): Promise<{ readonly stream: LockedStream; readonly active: ActiveRequest | null }> {
  const stream = await lockStream(tx, streamId);
  const { currentRevision, provision, snapshotRequests } = await tx.stream.findUniqueOrThrow({
    where: { id: streamId },
    select: {
      currentRevision: { select: { spec: true } },
      provision: { select: { snapshotState: true, status: true } },
      snapshotRequests: { where: { status: { in: ['running', 'paused'] } }, select: { id: true, status: true, scope: true } },
    },
  });
  const [found] = snapshotRequests;
  const active = found
    ? {
        id: found.id,
        status: found.status === 'paused' ? ('paused' as const) : ('running' as const),
        words: scopeWords(snapshotScope.parse(found.scope)),
      }
    : null;
  const why = whyNoSnapshot(move, {
    state: stream.state,
    desired: stream.desired,
    mode: streamSpec.parse(currentRevision?.spec).source.snapshot,
    initial: provision?.status === 'ready' ? provision.snapshotState : null,
    active: active?.status ?? null,
  });
  if (why) throw new SpillwayError('precondition_failed', why);
  return { stream, active };
}

/** The same for what is under way already. */
export async function lockActive(
  tx: Tx,
  streamId: string,
  move: Exclude<SnapshotMove, 'start'>,
): Promise<{ readonly stream: LockedStream; readonly active: ActiveRequest }> {
  const { stream, active } = await lockForSnapshot(tx, streamId, move);
  if (!active) throw new SpillwayError('precondition_failed', 'no rows are being read again');
  return { stream, active };
}
