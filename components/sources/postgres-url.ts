import type { TlsMode } from '@/core/spec/source-database';

/** What a postgres:// URL says, in the fields of a source. The password is kept apart, so that the caller can clear the URL box at once. */
export interface PostgresUrlParts {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly tlsMode: TlsMode | null;
}

/** libpq's sslmode in our three modes: everything weaker than `require` does not promise encryption at all. */
const SSL_MODES: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  allow: 'disable',
  prefer: 'require',
  require: 'require',
  'verify-ca': 'verify_full',
  'verify-full': 'verify_full',
};

/** Reads `postgres://user:password@host:5432/database?sslmode=require`. null when the text is not such a URL. */
export function parsePostgresUrl(text: string): PostgresUrlParts | null {
  const match = /^postgres(?:ql)?:\/\/(.*)$/i.exec(text.trim());
  if (!match) return null;
  let url: URL;
  try {
    // `http:` gives the parsing of special URLs: hosts and ports are checked.
    url = new URL(`http://${match[1]}`);
  } catch {
    return null;
  }
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  const port = /^[^/?#]*:(\d{1,5})(?:[/?#]|$)/.exec(match[1]?.replace(/^[^/?#]*@/, '') ?? '')?.[1];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port ? Number(port) : 5432,
    database: decode(url.pathname.slice(1)),
    username: decode(url.username),
    password: decode(url.password),
    tlsMode: SSL_MODES[url.searchParams.get('sslmode') ?? ''] ?? null,
  };
}
