import { SpillwayError } from '@/core/errors';
import { AddressRefused } from './address-policy';
import { DeadlineExceeded } from './deadline';

/** Words for what Node, TLS and undici call by codes. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address and port',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'no answer to the connection attempt',
  UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection attempt',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped midway',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name server does not answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not signed by a known authority',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
};

/** What went wrong on the way to a peer, in words without secrets or row data. */
export function describeConnectionError(error: unknown): string {
  if (error instanceof DeadlineExceeded || error instanceof AddressRefused) return error.message;
  const code = codeOf(error);
  return (code && WORDS[code]) ?? code ?? 'the connection failed';
}

/** The first `code` in an error, its causes or its aggregated errors. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error ? codeOf(error.cause) : undefined;
}

/** The same as an error to throw from `open()`. */
export function unreachable(peer: string, error: unknown): SpillwayError {
  const message = `${peer}: ${describeConnectionError(error)}`;
  if (error instanceof AddressRefused) {
    return new SpillwayError('sink_misconfigured', message, {
      remedy: 'A platform admin can allow private addresses for this sink target.',
    });
  }
  return new SpillwayError('sink_unreachable', message, {}, { cause: error });
}
