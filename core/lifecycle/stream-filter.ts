import { isOver, type Standing, urgencyRank, wantsAttention } from './stream-standing';
import { STREAM_STATES, type StreamState } from './stream-state';

export interface StreamFilter {
  readonly text: string;
  /** Team id, or '' for all. */
  readonly team: string;
  /** `present` hides what is retired; `attention` keeps what wants a person; else one state. */
  readonly state: 'present' | 'all' | 'attention' | StreamState;
}

/** A filter and which page of what it finds, from 1. */
export interface StreamQuery extends StreamFilter {
  readonly page: number;
}

export const NO_FILTER: StreamFilter = { text: '', team: '', state: 'present' };

/** What a stream is found by. */
export interface Findable extends Standing {
  readonly name: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly table: string;
  readonly sourceName: string;
  readonly sinkType: string;
  readonly sinkTarget: string;
}

/** Streams that match, trouble first, else by name. */
export function filterStreams<S extends Findable>(streams: readonly S[], filter: StreamFilter): S[] {
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
    .sort((a, b) => urgencyRank(a) - urgencyRank(b) || compare(a.name, b.name));
}

/** By code units: names are slugs, and localeCompare takes tens of milliseconds for a thousand of them. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function matchesState(stream: Standing, state: StreamFilter['state']): boolean {
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

/** The same with the page; anything but a whole number above 0 counts as the first. */
export function streamQueryFrom(query: { get(name: string): string | null }): StreamQuery {
  const page = Number(query.get('page'));
  return { ...filterFromQuery(query), page: Number.isInteger(page) && page > 0 ? page : 1 };
}

export function addressOfQuery({ page, ...filter }: StreamQuery): string {
  return [queryOfFilter(filter), page > 1 ? `page=${page}` : ''].filter(Boolean).join('&');
}
