import { type DesiredState, needsPerson, type StreamState } from '../lifecycle/stream-state';

/** What decides whether a person may ask something of a stream, besides their rights. */
export interface StreamStanding {
  readonly state: StreamState;
  readonly desired: DesiredState;
  readonly hasPendingRequest: boolean;
}

export type Move = 'request' | 'revise' | 'withdraw' | 'pause' | 'resume' | 'retire' | 'restart' | 'recover';

/** Null when the move is possible, else the sentence that says why not. Pure; verbs and pages ask the same function. */
export function whyNot(move: Move, { state, desired, hasPendingRequest }: StreamStanding): string | null {
  if (state === 'retired') return 'this stream is retired';
  if (desired === 'retired') return 'this stream is being retired';
  const unapproved = desired === 'none';
  switch (move) {
    case 'request':
      return state === 'draft' || state === 'rejected' ? null : 'this stream was requested already; revise it instead';
    case 'revise':
      return state === 'draft' || state === 'rejected' ? 'this stream has no request yet; request approval instead' : null;
    case 'withdraw':
      return hasPendingRequest ? null : 'no request of this stream is waiting for a decision';
    case 'pause':
      if (unapproved) return 'this stream does not run yet';
      return desired === 'paused' ? 'this stream is paused already' : null;
    case 'resume':
      return desired === 'paused' ? null : 'this stream is not paused';
    case 'restart':
      return desired === 'running' ? null : 'only a stream that should run can be restarted';
    case 'recover':
      if (unapproved) return 'this stream does not run yet';
      return needsPerson(state) ? null : 'only a stream that lost its slot or its place, or failed, is begun anew';
    case 'retire':
      return null;
  }
}
