import type { SourceHost } from '../source-database';

/** The server and database that a JDBC URL of Postgres names. */
export interface JdbcPlace {
  readonly hosts: readonly SourceHost[];
  readonly database: string;
}

/** pgjdbc's form: `jdbc:postgresql://host[:port][,host[:port]]/database?parameters`. Null when it is none, or names no host or database. */
export function parseJdbcUrl(text: string): JdbcPlace | null {
  const match = /^jdbc:postgresql:\/\/([^/?#]+)\/([^/?#]+)(?:[?#].*)?$/.exec(text.trim());
  const [, authority = '', path = ''] = match ?? [];
  if (!match || authority.includes('@')) return null;
  const hosts = authority.split(',').map(hostOf);
  try {
    const database = decodeURIComponent(path);
    return hosts.every((host) => host !== null) ? { hosts, database } : null;
  } catch {
    return null;
  }
}

function hostOf(text: string): SourceHost | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const [, name = '', port] = match ?? [];
  return match ? { host: name.replace(/^\[(.*)\]$/, '$1').toLowerCase(), port: port === undefined ? 5432 : Number(port) } : null;
}

/** True when a URL carries a password, as a parameter or in front of the host. */
export function holdsPassword(url: string): boolean {
  return /[?&](?:ssl)?password=/i.test(url) || /\/\/[^/?#]*:[^/?#]*@/.test(url);
}

/** What Spillway knows of a registered source database, as far as a URL can tell it. */
export interface KnownSource {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly standbys: readonly SourceHost[];
}

/** Registered databases that a URL may mean: any of its hosts, the same database. A Kubernetes name stands for its longer forms, too. */
export function sourcesAt(place: JdbcPlace, sources: readonly KnownSource[]): KnownSource[] {
  return sources.filter(
    (source) =>
      source.database === place.database &&
      [{ host: source.host, port: source.port }, ...source.standbys].some((known) => place.hosts.some((host) => sameHost(host, known))),
  );
}

/** `cluster.namespace` in Kubernetes is `cluster.namespace.svc` and `cluster.namespace.svc.cluster.local`. */
function sameHost(written: SourceHost, known: SourceHost): boolean {
  const short = (host: string) => host.toLowerCase().replace(/\.svc(?:\.cluster\.local)?\.?$/, '');
  return written.port === known.port && short(written.host) === short(known.host);
}
