import { SpillwayError } from '@/core/errors';
import { AddressRefused } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { DeadlineExceeded } from '@/worker/network/deadline';
import type { DeliveryError, ErrorClass } from '../sink';
import { IncompleteAcknowledgement } from './kafka-port';
import { TokenRefused } from './oauth-tokens';

/** Kafka's error names (org.apache.kafka.common.protocol.Errors) that are not an outage, with words for them. */
const BY_TYPE: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  MESSAGE_TOO_LARGE: ['oversize', 'the broker takes no record as large as this (message.max.bytes)'],
  RECORD_LIST_TOO_LARGE: ['oversize', 'the record does not fit a log segment (segment.bytes)'],
  INVALID_RECORD: ['contract', 'the broker refuses the record; a compacted topic takes no record without key'],
  INVALID_TIMESTAMP: ['contract', 'the broker refuses the timestamp of the record'],
  POLICY_VIOLATION: ['contract', 'a policy of the broker refuses the record'],
  TOPIC_AUTHORIZATION_FAILED: ['auth', 'not authorised to write to the topic'],
  CLUSTER_AUTHORIZATION_FAILED: ['auth', 'not authorised on the cluster (idempotent write)'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ['auth', 'not authorised to write idempotently'],
  SASL_AUTHENTICATION_FAILED: ['auth', 'user or password is not accepted'],
  UNSUPPORTED_SASL_MECHANISM: ['auth', 'the broker does not offer this SASL mechanism'],
  ILLEGAL_SASL_STATE: ['auth', 'the broker expects another kind of sign-in'],
  UNKNOWN_TOPIC_OR_PARTITION: ['transient', 'the topic does not exist'],
  NOT_ENOUGH_REPLICAS: ['transient', 'fewer replicas are in sync than the topic asks for (min.insync.replicas)'],
  GROUP_AUTHORIZATION_FAILED: ['auth', 'not authorised on the group that holds the position of the stream'],
  PRODUCER_FENCED: ['transient', 'another session of this stream has taken over its transactions'],
  INVALID_PRODUCER_EPOCH: ['transient', 'another session of this stream has taken over its transactions, or one took too long'],
  THROTTLING_QUOTA_EXCEEDED: ['throttled', 'the quota is used up'],
};

/** Kafka's name of an error, however deep kafkajs has wrapped it; undefined when it is none of the protocol. */
export function typeOf(error: unknown): string | undefined {
  for (const cause of causesOf(error)) if ('type' in cause && typeof cause.type === 'string') return cause.type;
  return undefined;
}

interface Reading {
  readonly errorClass: ErrorClass;
  readonly words: string;
  readonly code?: number;
}

/** Why a send failed. A whole batch goes to several partitions, so a refusal names no record. */
export function deliveryErrorOf(error: unknown, topic: string, batchSize: number): DeliveryError {
  const { errorClass, words, code } = read(error);
  const blame = errorClass === 'oversize' || errorClass === 'contract';
  return {
    errorClass,
    message: `Kafka topic ${topic}: ${words}.`,
    ...(code === undefined ? {} : { status: code }),
    ...(blame && batchSize > 1 ? { wholeBatch: true } : {}),
  };
}

/** The same as an error to throw from `open()`. */
export function openErrorOf(error: unknown, what: string): SpillwayError {
  if (error instanceof SpillwayError) return error;
  const { errorClass, words } = read(error);
  const kind = errorClass === 'auth' ? 'sink_auth_failed' : errorClass === 'contract' ? 'sink_misconfigured' : 'sink_unreachable';
  return new SpillwayError(kind, `${what}: ${words}.`, {}, { cause: error });
}

function read(error: unknown): Reading {
  for (const cause of causesOf(error)) {
    if (cause instanceof DeadlineExceeded) return { errorClass: 'transient', words: cause.message };
    if (cause instanceof IncompleteAcknowledgement) return { errorClass: 'transient', words: cause.message };
    if (cause instanceof TokenRefused) return { errorClass: 'auth', words: cause.message };
    if (cause instanceof AddressRefused) return { errorClass: 'auth', words: cause.message };
    if ('type' in cause && typeof cause.type === 'string') {
      const [errorClass, words] = BY_TYPE[cause.type] ?? ['transient', cause.type];
      return { errorClass, words, ...('code' in cause && typeof cause.code === 'number' ? { code: cause.code } : {}) };
    }
    if (cause.name === 'KafkaJSSASLAuthenticationError') return { errorClass: 'auth', words: 'user, password or token is not accepted' };
  }
  return { errorClass: 'transient', words: wordsOf(error) };
}

function wordsOf(error: unknown): string {
  const causes = causesOf(error);
  if (causes.some((cause) => cause.name === 'KafkaJSRequestTimeoutError')) return 'the broker does not answer';
  const connection = causes.find((cause) => cause.name.startsWith('KafkaJSConnection'));
  // kafkajs keeps the socket's code where there is one; else its message is the reason (a refused address, a timeout).
  if (connection) return 'code' in connection && connection.code ? describeConnectionError(connection) : connection.message;
  return describeConnectionError(error);
}

/** The error and what caused it, innermost last. kafkajs wraps what it gave up on up to three times. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 8; at = at.cause) {
    causes.push(at);
    if ('errors' in at && Array.isArray(at.errors)) causes.push(...at.errors.filter((inner): inner is Error => inner instanceof Error));
  }
  return causes;
}
