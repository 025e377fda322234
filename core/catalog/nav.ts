import { STATE_FACES, STREAM_STATES } from '@/core/lifecycle/stream-state';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { teamScope } from './scope';

export interface NavCounts {
  /** Open dead letters. */
  readonly letters: number;
  /** Requests waiting for a decision. */
  readonly requests: number;
  /** Streams that something is wrong with. */
  readonly attention: number;
}

const WRONG: string[] = STREAM_STATES.filter(
  (state) => state === 'retrying' || state === 'spilling' || (STATE_FACES[state].tone === 'danger' && state !== 'rejected'),
);

/** The numbers beside the navigation, of what this person may read. */
export async function navCounts(actor: PersonActor): Promise<NavCounts> {
  const stream = teamScope(actor);
  const [letters, requests, attention] = await Promise.all([
    catalog().deadLetter.count({ where: { status: 'open', stream } }),
    catalog().slotRequest.count({ where: { status: 'pending', stream } }),
    catalog().stream.count({ where: { ...stream, state: { in: WRONG } } }),
  ]);
  return { letters, requests, attention };
}
