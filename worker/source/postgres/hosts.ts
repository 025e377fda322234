import type { SourceConnection } from '@/worker/pipeline/assignment';

/** Which host of a source took writes last, by all of its hosts: tried first, so that a dead one costs nothing. */
const lastPrimary = new Map<string, string>();

const nameOf = ({ host, port }: { readonly host: string; readonly port: number }) => `${host}:${port}`;
const keyOf = (source: SourceConnection) => [source, ...(source.standbys ?? [])].map(nameOf).join(',');

/** The source at each of its hosts, one connection each: the last known primary first, then in the order given. */
export function hostsOf(source: SourceConnection): readonly SourceConnection[] {
  const { standbys = [], ...first } = source;
  const others = standbys.filter((at) => nameOf(at) !== nameOf(first)).map((at) => ({ ...first, ...at }));
  const last = lastPrimary.get(keyOf(source));
  return [first, ...others].sort((a, b) => Number(nameOf(b) === last) - Number(nameOf(a) === last));
}

/** This host takes writes now. */
export function rememberPrimary(source: SourceConnection, at: { readonly host: string; readonly port: number }): void {
  lastPrimary.set(keyOf(source), nameOf(at));
}
