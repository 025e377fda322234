import { SpillwayError } from '@/core/errors';
import { AddressRefused } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { DeadlineExceeded } from '@/worker/network/deadline';
import { causesOf, retryAfterOf, statusOf } from '@/worker/network/sdk-error';
import { AnswerTooLong } from '@/worker/network/sdk-handler';
import type { DeliveryError, ErrorClass } from '@/worker/sink/sink';
import type { Invocation } from './lambda-port';
import { AnswerRefused } from './records';

/** Lambda's error codes (API reference, Invoke and common errors) that mean something else than their status says, with words for them. */
const BY_CODE: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  ResourceNotFoundException: ['transient', 'the function does not exist'],
  AccessDeniedException: ['auth', 'this user may not invoke the function'],
  UnrecognizedClientException: ['auth', 'the access key is not known'],
  InvalidClientTokenId: ['auth', 'the access key is not known'],
  InvalidSignatureException: ['auth', 'the secret access key is not that of the access key'],
  SignatureDoesNotMatch: ['auth', 'the secret access key is not that of the access key'],
  ExpiredTokenException: ['auth', 'the credentials have expired'],
  CredentialsProviderError: ['auth', 'the worker’s machine offers no credentials'],
  TooManyRequestsException: ['throttled', 'Lambda asks to slow down'],
  RequestTooLargeException: ['oversize', 'Lambda takes no request as large as this'],
  InvalidRequestContentException: ['contract', 'Lambda cannot read the request as JSON'],
};
/** Errors of a function that cannot even start: no event is to blame (Lambda's runtimes; errors while it is initialised). */
const NOT_STARTED =
  /^(Runtime\.(ImportModuleError|HandlerNotFound|MalformedHandlerName|UserCodeSyntaxError|InvalidEntrypoint|InvalidWorkingDir|InvalidTaskConfig|Unknown)|Extension\..*|InvalidRuntime.*)$/;

interface Reading {
  readonly errorClass: ErrorClass;
  readonly words: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Why an invocation that threw failed: Lambda does not say which of its events is to blame. */
export function callErrorOf(error: unknown, place: string, batchSize: number): DeliveryError {
  return asError(read(error), place, batchSize);
}

/**
 * Why the function itself failed. What it threw is the batch's fault until one event alone is found; unless it did not start, or says by an
 * error named `Unavailable` that it cannot work now: then it is down. Only the error's type is told: its message may quote row data.
 */
export function functionErrorOf({ payload, functionError }: Invocation, place: string, batchSize: number): DeliveryError {
  const { type, timedOut } = thrownBy(payload);
  if (type === 'Unavailable') return asError({ errorClass: 'transient', words: 'it says that it cannot work now' }, place, batchSize);
  if (NOT_STARTED.test(type)) return asError({ errorClass: 'transient', words: `it does not start (${type})` }, place, batchSize);
  if (type === 'Function.ResponseSizeTooLarge')
    return asError({ errorClass: 'oversize', words: 'its answer is larger than Lambda takes' }, place, batchSize);
  const words = timedOut ? 'it ran longer than its own timeout' : `it failed with ${type || functionError}; its log says more`;
  return asError({ errorClass: 'contract', words }, place, batchSize);
}

/** The same as an error to throw from `open()`. */
export function openErrorOf(error: unknown, place: string): SpillwayError {
  const { errorClass, words } = read(error);
  const misconfigured = (remedy: string) => new SpillwayError('sink_misconfigured', `${place}: ${words}.`, { remedy });
  if (causesOf(error).some((cause) => cause instanceof AddressRefused))
    return misconfigured('A platform admin can allow private addresses for this sink target.');
  if (isMissing(error)) return misconfigured('Create the function, or correct its ARN in the stream.');
  const kind = errorClass === 'auth' ? 'sink_auth_failed' : 'sink_unreachable';
  return new SpillwayError(kind, `${place}: ${words}.`, {}, { cause: error });
}

/** The caller is known, and may not invoke this function. */
export function isNotAllowed(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException';
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

function asError({ errorClass, words, status, retryAfterMs }: Reading, place: string, batchSize: number): DeliveryError {
  const blame = errorClass === 'oversize' || errorClass === 'contract';
  return {
    errorClass,
    message: `${place}: ${words}.`,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(blame && batchSize > 1 ? { wholeBatch: true } : {}),
  };
}

function read(error: unknown): Reading {
  for (const cause of causesOf(error)) {
    if (cause instanceof DeadlineExceeded) return { errorClass: 'transient', words: cause.message };
    if (cause instanceof AddressRefused) return { errorClass: 'auth', words: cause.message };
    if (cause instanceof AnswerRefused) return { errorClass: 'contract', words: cause.message };
    if (cause instanceof AnswerTooLong) return { errorClass: 'oversize', words: cause.message };
  }
  if (!(error instanceof Error)) return { errorClass: 'transient', words: describeConnectionError(error) };
  const status = statusOf(error);
  const answered = status === undefined ? {} : { status, ...retryAfterOf(error) };
  const known = BY_CODE[error.name];
  if (known) return { errorClass: known[0], words: known[1], ...answered };
  if (status === undefined) return { errorClass: 'transient', words: describeConnectionError(error) };
  if (status === 413) return { errorClass: 'oversize', words: 'Lambda takes no request as large as this', ...answered };
  if (status === 429) return { errorClass: 'throttled', words: 'Lambda asks to slow down', ...answered };
  if (status === 401 || status === 403) return { errorClass: 'auth', words: error.name, ...answered };
  return { errorClass: 'transient', words: `Lambda answered ${status} (${error.name})`, ...answered };
}

/** `{"errorMessage", "errorType"}`, as Lambda's runtimes write it. */
function thrownBy(payload: Uint8Array): { readonly type: string; readonly timedOut: boolean } {
  try {
    const { errorType, errorMessage } = JSON.parse(Buffer.from(payload).toString('utf8')) as {
      errorType?: unknown;
      errorMessage?: unknown;
    };
    // A name, and nothing but a name: no text of the function's gets into an error by this way.
    const type = typeof errorType === 'string' && /^[\w.$]{1,80}$/.test(errorType) ? errorType : '';
    return {
      type,
      timedOut: type === 'Sandbox.Timedout' || (typeof errorMessage === 'string' && / Task timed out after /.test(errorMessage)),
    };
  } catch {
    return { type: '', timedOut: false };
  }
}
