import type { ErrorKind } from '@/core/error-catalogue';
import { messageOf, SpillwayError } from '@/core/errors';
import { SQLSTATE } from '@/core/postgres/sqlstate';

/** SQLSTATE → kind. Codes that mean different things in different places (42704, 55000) are told apart by their message below. */
const KIND_BY_SQLSTATE: Readonly<Record<string, ErrorKind>> = {
  [SQLSTATE.invalidAuthorization]: 'source_auth_failed',
  [SQLSTATE.invalidPassword]: 'source_auth_failed',
  [SQLSTATE.invalidDatabase]: 'source_unreachable',
  [SQLSTATE.cannotConnectNow]: 'source_unreachable',
  [SQLSTATE.adminShutdown]: 'source_unreachable',
  [SQLSTATE.crashShutdown]: 'source_unreachable',
  [SQLSTATE.tooManyConnections]: 'source_unreachable',
  [SQLSTATE.insufficientPrivilege]: 'source_permission',
  [SQLSTATE.undefinedTable]: 'table_missing',
  [SQLSTATE.objectInUse]: 'slot_in_use',
  [SQLSTATE.lockNotAvailable]: 'slot_creation_blocked',
  [SQLSTATE.configurationLimitExceeded]: 'source_not_ready',
  [SQLSTATE.protocolViolation]: 'protocol_error',
};

/** Turns whatever `pg` throws into a SpillwayError with the right kind. `context` is put before the server's words. */
export function toSourceError(thrown: unknown, context?: string): SpillwayError {
  if (thrown instanceof SpillwayError) return thrown;
  const sqlstate = sqlstateOf(thrown);
  const said = messageOf(thrown);
  const message = context ? `${context}: ${said}` : said;
  return new SpillwayError(kindOf(thrown, sqlstate, said), message, sqlstate ? { sqlstate } : {}, { cause: thrown });
}

/** The SQLSTATE of an error that the server sent; null for anything else (such as ECONNREFUSED). */
export function sqlstateOf(thrown: unknown): string | null {
  const code = (thrown as { code?: unknown } | null)?.code;
  // Node's own codes look alike (EPIPE) but never hold a digit.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}

function kindOf(thrown: unknown, sqlstate: string | null, said: string): ErrorKind {
  if (sqlstate === null) return kindOfNetworkError(thrown, said);
  if (sqlstate === SQLSTATE.undefinedObject) {
    if (/publication/.test(said)) return 'publication_missing';
    return /slot/.test(said) ? 'slot_lost' : 'internal';
  }
  if (sqlstate === SQLSTATE.notInPrerequisiteState) {
    // "can no longer access replication slot", "… has been invalidated", "cannot read from logical replication slot" (by version)
    return /slot/.test(said) && /no longer|invalidated|cannot read/.test(said) ? 'slot_lost' : 'source_not_ready';
  }
  // "number of requested standby connections exceeds max_wal_senders" comes as 53300 too, but waits for a setting.
  if (sqlstate === SQLSTATE.tooManyConnections && /max_wal_senders/.test(said)) return 'source_not_ready';
  // "recovery is in progress" and the other states of a server that starts or stops.
  return KIND_BY_SQLSTATE[sqlstate] ?? 'internal';
}

/** Errors without SQLSTATE come from the socket, from TLS or from authentication in `pg` itself. */
function kindOfNetworkError(thrown: unknown, said: string): ErrorKind {
  if (/SASL|SCRAM|password must be a string/i.test(said)) return 'source_auth_failed';
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return 'source_unreachable';
  return /connection|timeout|ssl|tls|socket|certificate/i.test(said) ? 'source_unreachable' : 'internal';
}
