import { isTroubled } from '@/core/lifecycle/stream-standing';
import { STREAM_STATES } from '@/core/lifecycle/stream-state';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { teamScope } from './scope';

/** What waits for this very person; nothing that is somebody else's to do. */
export interface NavCounts {
  /** Open dead letters of the teams that this person leads. */
  readonly letters: number;
  /** Requests that this person may decide on: pending, and not their own. */
  readonly requests: number;
  /** Streams of this person's teams (an admin's: of all) that something is wrong with. */
  readonly attention: number;
}

const WRONG: string[] = STREAM_STATES.filter((state) => isTroubled({ state }));

/** The numbers beside the navigation. */
export async function navCounts(actor: PersonActor): Promise<NavCounts> {
  const led = actor.teams.filter((team) => team.role === 'team_lead').map((team) => team.id);
  const decides = mayCall(actor, 'slots.approve', null);
  const [letters, requests, attention] = await Promise.all([
    led.length === 0 ? 0 : catalog().deadLetter.count({ where: { status: 'open', stream: { teamId: { in: led } } } }),
    decides
      ? catalog().slotRequest.count({ where: { status: 'pending', OR: [{ requestedById: null }, { requestedById: { not: actor.id } }] } })
      : 0,
    actor.platformRole === 'auditor' ? 0 : catalog().stream.count({ where: { ...teamScope(actor), state: { in: WRONG } } }),
  ]);
  return { letters, requests, attention };
}
