import { formatPlural } from '@/components/ui/figures';
import type { StreamRowDto } from '@/core/dto/stream';
import { STATE_FACES, STREAM_STATES } from '@/core/lifecycle/stream-state';
import { concernOf } from './standing';

export interface Glance {
  /** "2 streaming, 1 waiting for approval" */
  readonly counts: string;
  /** "nothing needs you", or what does. */
  readonly verdict: string;
  readonly calm: boolean;
}

/** The answer to "is anything wrong" in one line. Retired streams are not counted. */
export function glanceAt(streams: readonly StreamRowDto[]): Glance {
  const present = streams.filter((stream) => stream.state !== 'retired');
  const counts = STREAM_STATES.flatMap((state) => {
    const count = present.filter((stream) => stream.state === state).length;
    return count > 0 ? [`${count} ${STATE_FACES[state].word.toLowerCase()}`] : [];
  });
  const troubled = present.filter((stream) => concernOf(stream) !== null);
  const letters = present.reduce((sum, stream) => sum + stream.openLetters, 0);
  const needs: string[] = [];
  const [only] = troubled;
  if (troubled.length === 1 && only) needs.push(`${only.name} is ${concernOf(only)}`);
  else if (troubled.length > 1) needs.push(`${troubled.length} streams need attention`);
  if (letters > 0) needs.push(`${formatPlural(letters, 'dead letter')} to review`);
  return { counts: counts.join(', '), verdict: needs.length > 0 ? needs.join(', ') : 'nothing needs you', calm: needs.length === 0 };
}
