import type { FieldProblem } from '../errors';
import type { SourceDatabaseInput, TlsMode } from './source-database';

/** Connection fields of a source, as far as a URL names them. */
export type SourceUrlFields = Partial<Pick<SourceDatabaseInput, 'host' | 'port' | 'database' | 'username' | 'password' | 'tlsMode'>>;

export type SourceUrlResult =
  | { readonly ok: true; readonly fields: SourceUrlFields }
  | { readonly ok: false; readonly problem: FieldProblem };

/** libpq's sslmode (Postgres docs, 34.19.1) → ours. verify-ca is raised to verify_full, the weaker opportunistic ones to require. */
const TLS_OF_SSLMODE: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  allow: 'require',
  prefer: 'require',
  require: 'require',
  'verify-ca': 'verify_full',
  'verify-full': 'verify_full',
};

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…` into the fields of the form. What the URL does not name is
 * absent. Problems never repeat the text: it may hold a password.
 */
export function parseSourceUrl(text: string): SourceUrlResult {
  const refuse = (remedy: string): SourceUrlResult => ({ ok: false, problem: { field: 'url', value: null, remedy } });
  const trimmed = text.trim();
  if (!/^postgres(ql)?:\/\//.test(trimmed)) return refuse('start with postgres:// or postgresql://');
  if (!URL.canParse(trimmed)) return refuse('write postgres://user:password@host:port/database, with special characters as %XX');
  const url = new URL(trimmed);
  if (!url.hostname) return refuse('name the host');
  if (decode(url.hostname)?.includes(',')) return refuse('name one host: the primary; its standbys have a field of their own');
  const sslmode = url.searchParams.get('sslmode');
  const tlsMode = sslmode === null ? undefined : TLS_OF_SSLMODE[sslmode];
  if (sslmode !== null && !tlsMode) return refuse(`use one of ${Object.keys(TLS_OF_SSLMODE).join(', ')} as sslmode`);
  const database = decode(url.pathname.slice(1));
  const username = decode(url.username);
  const password = decode(url.password);
  if (database === null || username === null || password === null) return refuse('write special characters as %XX');
  return {
    ok: true,
    fields: {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port ? Number(url.port) : 5432,
      ...(database ? { database } : {}),
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(tlsMode ? { tlsMode } : {}),
    },
  };
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
