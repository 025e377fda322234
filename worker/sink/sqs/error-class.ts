import { SpillwayError } from '@/core/errors';
import { AddressRefused } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { DeadlineExceeded } from '@/worker/network/deadline';
import { causesOf, retryAfterOf, statusOf } from '@/worker/network/sdk-error';
import type { DeliveryError, ErrorClass } from '../sink';
import type { FailedEntry } from './sqs-port';

/** SQS' error codes (API reference, common errors; the prefix `AWS.SimpleQueueService.` is left out) that are not an outage, with words for them. */
const BY_CODE: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  QueueDoesNotExist: ['transient', 'the queue does not exist'],
  NonExistentQueue: ['transient', 'the queue does not exist'],
  QueueDeletedRecently: ['transient', 'the queue was deleted a moment ago'],
  AccessDenied: ['auth', 'this user may not do that on the queue'],
  AccessDeniedException: ['auth', 'this user may not do that on the queue'],
  InvalidClientTokenId: ['auth', 'the access key is not known'],
  UnrecognizedClientException: ['auth', 'the access key is not known'],
  InvalidAccessKeyId: ['auth', 'the access key is not known'],
  SignatureDoesNotMatch: ['auth', 'the secret access key is not that of the access key'],
  InvalidSignatureException: ['auth', 'the secret access key is not that of the access key'],
  IncompleteSignature: ['auth', 'the signature is not complete'],
  MissingAuthenticationToken: ['auth', 'the call was not signed'],
  MissingAuthenticationTokenException: ['auth', 'the call was not signed'],
  ExpiredToken: ['auth', 'the credentials have expired'],
  ExpiredTokenException: ['auth', 'the credentials have expired'],
  RequestExpired: ['auth', 'the clock of the worker and that of the service differ by more than SQS allows'],
  OptInRequired: ['auth', 'the account is not signed up for SQS'],
  CredentialsProviderError: ['auth', 'the worker’s machine offers no credentials'],
  KmsAccessDenied: ['auth', 'the key that encrypts the queue may not be used'],
  KmsDisabled: ['auth', 'the key that encrypts the queue is disabled'],
  KmsInvalidState: ['auth', 'the key that encrypts the queue cannot be used in its state'],
  KmsNotFound: ['auth', 'the key that encrypts the queue does not exist'],
  KmsOptInRequired: ['auth', 'the account may not use the key that encrypts the queue'],
  KmsInvalidKeyUsage: ['auth', 'the key that encrypts the queue is not for encrypting'],
  KmsThrottled: ['throttled', 'the key that encrypts the queue is asked too often'],
  RequestThrottled: ['throttled', 'SQS asks to slow down'],
  ThrottlingException: ['throttled', 'SQS asks to slow down'],
  Throttling: ['throttled', 'SQS asks to slow down'],
  OverLimit: ['throttled', 'the queue has as many messages in flight as it may'],
  BatchRequestTooLong: ['oversize', 'SQS takes no request as large as this'],
  MessageTooLong: ['oversize', 'SQS takes no message as large as this'],
  RequestEntityTooLarge: ['oversize', 'SQS takes no request as large as this'],
  InvalidMessageContents: ['contract', 'the message holds characters that SQS does not take'],
  InvalidAttributeValue: ['contract', 'SQS refuses an attribute of the message'],
  UnsupportedOperation: ['contract', 'SQS does not support this on the queue'],
};

interface Reading {
  readonly errorClass: ErrorClass;
  readonly words: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Why a request failed as a whole: SQS does not say which of its messages is to blame. */
export function deliveryErrorOf(error: unknown, queue: string, batchSize: number): DeliveryError {
  const { errorClass, words, status, retryAfterMs } = read(error);
  const blame = errorClass === 'oversize' || errorClass === 'contract';
  return {
    errorClass,
    message: `SQS queue ${queue}: ${words}.`,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(blame && batchSize > 1 ? { wholeBatch: true } : {}),
  };
}

/** Why one message of a request was not taken, while others were. */
export function entryErrorOf({ code, message, senderFault }: FailedEntry, queue: string): DeliveryError {
  const known = BY_CODE[nameOf(code)];
  // SenderFault with a code that is not an outage of ours: sending it unchanged would fail again.
  const [errorClass, words] = known ?? (senderFault ? contractOf(code, message) : ['transient', code]);
  return { errorClass, message: `SQS queue ${queue}: ${words}.` };
}

/** The same as an error to throw from `open()`. */
export function openErrorOf(error: unknown, queue: string): SpillwayError {
  if (error instanceof SpillwayError) return error;
  if (isMissingQueue(error)) {
    return new SpillwayError('sink_misconfigured', `SQS queue ${queue} does not exist.`, {
      remedy: `Create it (aws sqs create-queue --queue-name ${queue}), or correct queueName, region and account.`,
    });
  }
  const { errorClass, words } = read(error);
  const refused = causesOf(error).some((cause) => cause instanceof AddressRefused);
  const kind =
    refused || errorClass === 'contract' ? 'sink_misconfigured' : errorClass === 'auth' ? 'sink_auth_failed' : 'sink_unreachable';
  const remedy = refused ? 'A platform admin can allow private addresses for this sink target.' : undefined;
  return new SpillwayError(kind, `SQS queue ${queue}: ${words}.`, remedy ? { remedy } : {}, { cause: error });
}

export function isMissingQueue(error: unknown): boolean {
  return error instanceof Error && /^(QueueDoesNotExist|NonExistentQueue)$/.test(nameOf(error.name));
}

function read(error: unknown): Reading {
  for (const cause of causesOf(error)) {
    if (cause instanceof DeadlineExceeded) return { errorClass: 'transient', words: cause.message };
    if (cause instanceof AddressRefused) return { errorClass: 'auth', words: cause.message };
  }
  if (!(error instanceof Error)) return { errorClass: 'transient', words: describeConnectionError(error) };
  const status = statusOf(error);
  const known = BY_CODE[nameOf(error.name)];
  const answered = status === undefined ? {} : { status, ...retryAfterOf(error) };
  if (known) return { errorClass: known[0], words: known[1], ...answered };
  if (status === undefined) return { errorClass: 'transient', words: describeConnectionError(error) };
  if (status === 413) return { errorClass: 'oversize', words: 'SQS takes no request as large as this', ...answered };
  if (status === 429) return { errorClass: 'throttled', words: 'SQS asks to slow down', ...answered };
  if (status === 401 || status === 403) return { errorClass: 'auth', words: nameOf(error.name), ...answered };
  if (status >= 400 && status < 500 && status !== 408) {
    const [errorClass, words] = contractOf(error.name, error.message);
    return { errorClass, words, ...answered };
  }
  return { errorClass: 'transient', words: `it answered ${status}`, ...answered };
}

/** The service names a broken rule by its code. Its words may quote the message, and row data has no place in an error. */
function contractOf(code: string, message: string): readonly [ErrorClass, string] {
  const isLength = /InvalidParameterValue/.test(code) && /must be shorter than|bytes/i.test(message);
  return isLength ? ['oversize', 'SQS takes no message as large as this'] : ['contract', `SQS refuses it (${nameOf(code)})`];
}

function nameOf(code: string): string {
  return code.replace(/^.*[.#]/, '');
}
