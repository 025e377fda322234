import type { Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import type { PersonActor } from '@/core/policy/roles';

const MAX_DRAFTS = 50;

/** Throws when a person would have more drafts than one keeps in view. */
export async function requireRoomForDrafts(tx: Tx, actor: PersonActor, more: number): Promise<void> {
  const held = await tx.draft.count({ where: { userId: actor.id } });
  if (held + more <= MAX_DRAFTS) return;
  const remedy = held === 0 ? `take ${MAX_DRAFTS} at a time` : 'discard some that are not needed';
  throw new SpillwayError('precondition_failed', `you have ${held} drafts, and ${MAX_DRAFTS} is the most`, { remedy });
}
