import { budgetShare, isSilent, isTroubled, nearsBudget, type Standing } from './stream-standing';
import type { StreamState } from './stream-state';

/** Streams that one thing is true of: how many, and which when it is only one. */
export interface SomeStreams {
  readonly count: number;
  readonly only: { readonly name: string; readonly state: StreamState; readonly budgetShare: number | null } | null;
}

/** "Is anything wrong" in figures. Retired streams are not counted. */
export interface StreamGlance {
  readonly byState: Readonly<Partial<Record<StreamState, number>>>;
  readonly troubled: SomeStreams;
  /** Nobody reports on them. */
  readonly silent: SomeStreams;
  /** Near or over their WAL budget. */
  readonly nearBudget: SomeStreams;
  readonly openLetters: number;
}

export function glanceOf(streams: readonly (Standing & { readonly name: string })[]): StreamGlance {
  const present = streams.filter((stream) => stream.state !== 'retired');
  const byState: Partial<Record<StreamState, number>> = {};
  for (const { state } of present) byState[state] = (byState[state] ?? 0) + 1;
  const those = (found: typeof present): SomeStreams => {
    const [only] = found;
    if (found.length !== 1 || !only) return { count: found.length, only: null };
    return { count: 1, only: { name: only.name, state: only.state, budgetShare: budgetShare(only) } };
  };
  return {
    byState,
    troubled: those(present.filter(isTroubled)),
    silent: those(present.filter(isSilent)),
    nearBudget: those(present.filter(nearsBudget)),
    openLetters: present.reduce((sum, stream) => sum + stream.openLetters, 0),
  };
}
