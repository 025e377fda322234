import type { StreamRowDto } from '@/core/dto/stream';
import { STREAM_STATES, type StreamState } from '@/core/lifecycle/stream-state';
import { isOver, urgencyRank, wantsAttention } from './standing';

export interface StreamFilter {
  readonly text: string;
  /** Team id, or '' for all. */
  readonly team: string;
  /** `present` hides what is retired; `attention` keeps what wants a person; else one state. */
  readonly state: 'present' | 'all' | 'attention' | StreamState;
}

export const NO_FILTER: StreamFilter = { text: '', team: '', state: 'present' };

/** Streams that match, trouble first, else by name. */
export function filterStreams(streams: readonly StreamRowDto[], filter: StreamFilter): StreamRowDto[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return streams
    .filter((stream) => {
      if (filter.team && stream.team.id !== filter.team) return false;
      if (!matchesState(stream, filter.state)) return false;
      const text = [stream.name, stream.team.name, stream.table, stream.sourceName, stream.sinkType, stream.sinkTarget]
        .join(' ')
        .toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => urgencyRank(a) - urgencyRank(b) || a.name.localeCompare(b.name));
}

function matchesState(stream: StreamRowDto, state: StreamFilter['state']): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'present':
      return !isOver(stream.state) || stream.state === 'retiring';
    case 'attention':
      return wantsAttention(stream);
    default:
      return stream.state === state;
  }
}

/** Reads a filter from an address; what is not known there counts as absent. */
export function filterFromQuery(query: { get(name: string): string | null }): StreamFilter {
  const state = query.get('state') ?? '';
  const known = state === 'all' || state === 'attention' || STREAM_STATES.some((each) => each === state);
  return { text: query.get('q') ?? '', team: query.get('team') ?? '', state: known ? (state as StreamFilter['state']) : 'present' };
}

/** The address of a filter, without what is at rest. */
export function queryOfFilter(filter: StreamFilter): string {
  const query = new URLSearchParams();
  if (filter.text) query.set('q', filter.text);
  if (filter.team) query.set('team', filter.team);
  if (filter.state !== 'present') query.set('state', filter.state);
  return query.toString();
}
