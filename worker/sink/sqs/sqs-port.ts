import type { QueueMessage } from './message';

/** What a queue says of itself. */
export interface QueueFacts {
  readonly url: string;
  /** MaximumMessageSize in bytes; null when it is not told, or this user may not ask. */
  readonly maxMessageBytes: number | null;
  /** Roughly, messages that wait; null when this user may not ask. */
  readonly waiting: number | null;
}

/** An entry that SQS did not take, by its place in the request. */
export interface FailedEntry {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  /** The message is to blame, not the service. */
  readonly senderFault: boolean;
}

/** What the sink needs of an SQS client. Errors are the SDK's, for `error-class.ts` to read. No call is repeated by itself. */
export interface SqsSession {
  queue(name: string, signal: AbortSignal): Promise<QueueFacts>;
  /** At most ten messages; what is not listed as failed is durable. */
  send(queueUrl: string, messages: readonly QueueMessage[], signal: AbortSignal): Promise<readonly FailedEntry[]>;
  close(): void;
}

export type OpenSqs = () => Promise<SqsSession>;
