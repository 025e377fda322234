import { type DesiredState, needsPerson, type StreamState } from '../lifecycle/stream-state';
import { deliversChanges } from '../spec/snapshot-mode';
import type { SnapshotMode } from '../spec/source-choices';

export const SNAPSHOT_STATUSES = ['running', 'paused', 'done', 'cancelled', 'failed'] as const;
/** Of rows that somebody asked to have read again. */
export type SnapshotStatus = (typeof SNAPSHOT_STATUSES)[number];

export type SnapshotMove = 'start' | 'pause' | 'resume' | 'cancel';

/** What decides whether rows can be read again, besides the person's rights. */
export interface SnapshotStanding {
  readonly state: StreamState;
  readonly desired: DesiredState;
  readonly mode: SnapshotMode;
  /** snapshotState of the provision; null when there is none that stands. */
  readonly initial: string | null;
  /** The request that is not over; null when there is none. */
  readonly active: 'running' | 'paused' | null;
}

/** Null when the move is possible, else the sentence that says why not. Pure; verbs and pages ask the same function. */
export function whyNoSnapshot(move: SnapshotMove, standing: SnapshotStanding): string | null {
  const { active } = standing;
  if (move === 'start') return whyNoStart(standing);
  if (!active) return 'no rows are being read again';
  if (move === 'pause') return active === 'paused' ? 'reading is paused already' : null;
  if (move === 'resume') return active === 'paused' ? null : 'reading is not paused';
  return null;
}

function whyNoStart({ state, desired, mode, initial, active }: SnapshotStanding): string | null {
  if (state === 'retired') return 'this stream is retired';
  if (desired === 'retired') return 'this stream is being retired';
  if (desired === 'none' || initial === null) return 'this stream does not run yet';
  if (desired === 'paused') return 'this stream is paused: resume it first';
  if (needsPerson(state)) return 'this stream waits for a person: mend it first, or read the table again with a new slot';
  if (!deliversChanges(mode)) return 'this stream ends once its rows are delivered (snapshot initial_only): declare another one';
  if (initial === 'pending' || initial === 'running') return 'its existing rows are being read already';
  if (active) return 'rows are being read again already: wait until that is over, or cancel it';
  return null;
}
