import * as z from 'zod';
import { slug } from '../names';

/** Events per SendMessageBatch; ten is the service's own limit. */
const maxBatchSize = z.int().min(1).max(10).default(10);

export const standardQueueName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,80}$/, 'use 1 to 80 letters, digits, hyphens and underscores; a .fifo queue is an SqsFifo sink');

export const sqsStandardSink = z.strictObject({
  type: z.literal('SqsStandard'),
  /** Name of a registered sink target of type Sqs. */
  target: slug,
  queueName: standardQueueName,
  maxBatchSize,
});
export type SqsStandardSinkSpec = z.infer<typeof sqsStandardSink>;

export const sqsFifoSink = z.strictObject({
  type: z.literal('SqsFifo'),
  /** Name of a registered sink target of type Sqs. */
  target: slug,
  /** With or without `.fifo`, as in FabricEventStream manifests: the queue's own name always ends with it. */
  queueName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,75}(\.fifo)?$/, 'use 1 to 75 letters, digits, hyphens and underscores; .fifo at the end may be left out'),
  maxBatchSize,
});
export type SqsFifoSinkSpec = z.infer<typeof sqsFifoSink>;
