import { formatPlural } from '@/components/ui/figures';
import type { StreamRowDto } from '@/core/dto/stream';
import { STATE_FACES, STREAM_STATES, type StreamState } from '@/core/lifecycle/stream-state';
import { budgetShare, isSilent, isTroubled, nearsBudget } from './standing';

export interface Glance {
  /** "2 streaming, 1 waiting for approval" */
  readonly counts: string;
  /** "nothing needs you", or what does. */
  readonly verdict: string;
  readonly calm: boolean;
}

/** What runs well is said first. */
const ORDER: readonly StreamState[] = ['streaming', ...STREAM_STATES.filter((state) => state !== 'streaming')];

/** The answer to "is anything wrong" in one line. Retired streams are not counted. */
export function glanceAt(streams: readonly StreamRowDto[]): Glance {
  const present = streams.filter((stream) => stream.state !== 'retired');
  const counts = ORDER.flatMap((state) => {
    const count = present.filter((stream) => stream.state === state).length;
    return count > 0 ? [`${count} ${STATE_FACES[state].word.toLowerCase()}`] : [];
  });
  const letters = present.reduce((sum, stream) => sum + stream.openLetters, 0);
  const needs = [
    about(present.filter(isTroubled), (stream) => `is ${STATE_FACES[stream.state].word.toLowerCase()}`, 'streams are in trouble'),
    about(present.filter(isSilent), () => 'is not reported on', 'are not reported on'),
    about(
      present.filter(nearsBudget),
      (stream) => ((budgetShare(stream) ?? 0) >= 1 ? 'is over its WAL budget' : 'nears its WAL budget'),
      'are near or over their WAL budgets',
    ),
    letters > 0 ? `${formatPlural(letters, 'dead letter')} to review` : null,
  ].filter((need) => need !== null);
  return { counts: counts.join(', '), verdict: needs.length > 0 ? needs.join(', ') : 'nothing needs you', calm: needs.length === 0 };
}

/** One stream by name, several by number. */
function about(streams: readonly StreamRowDto[], one: (stream: StreamRowDto) => string, many: string): string | null {
  const [only] = streams;
  if (!only) return null;
  return streams.length === 1 ? `${only.name} ${one(only)}` : `${streams.length} ${many}`;
}
