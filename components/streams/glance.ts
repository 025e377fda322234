import { formatPlural } from '@/components/ui/figures';
import type { SomeStreams, StreamGlance } from '@/core/lifecycle/stream-glance';
import { STATE_FACES, STREAM_STATES, type StreamState } from '@/core/lifecycle/stream-state';

export interface GlanceWords {
  /** "2 streaming, 1 waiting for approval" */
  readonly counts: string;
  /** "nothing needs you", or what does. */
  readonly verdict: string;
  readonly calm: boolean;
}

/** What runs well is said first. */
const ORDER: readonly StreamState[] = ['streaming', ...STREAM_STATES.filter((state) => state !== 'streaming')];

/** The answer to "is anything wrong" in one line. */
export function glanceWords({ byState, troubled, silent, nearBudget, openLetters }: StreamGlance): GlanceWords {
  const counts = ORDER.flatMap((state) => (byState[state] ? [`${byState[state]} ${STATE_FACES[state].word.toLowerCase()}`] : []));
  const needs = [
    about(troubled, ({ state }) => `is ${STATE_FACES[state].word.toLowerCase()}`, 'streams are in trouble'),
    about(silent, () => 'is not reported on', 'are not reported on'),
    about(
      nearBudget,
      ({ budgetShare }) => ((budgetShare ?? 0) >= 1 ? 'is over its WAL budget' : 'nears its WAL budget'),
      'are near or over their WAL budgets',
    ),
    openLetters > 0 ? `${formatPlural(openLetters, 'dead letter')} to review` : null,
  ].filter((need) => need !== null);
  return { counts: counts.join(', '), verdict: needs.length > 0 ? needs.join(', ') : 'nothing needs you', calm: needs.length === 0 };
}

/** One stream by name, several by number. */
function about({ count, only }: SomeStreams, one: (stream: NonNullable<SomeStreams['only']>) => string, many: string): string | null {
  if (count === 0) return null;
  return only ? `${only.name} ${one(only)}` : `${count} ${many}`;
}
