import * as z from 'zod';
import { slug } from '../names';

/** Names that Nakadi takes for event types (its API, EventType.name). */
export const eventTypeName = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z][-0-9a-zA-Z_]*(\.[0-9a-zA-Z][-0-9a-zA-Z_]*)*$/,
    'start with a letter, then letters, digits, - and _, in parts divided by dots',
  );

export const nakadiSink = z.strictObject({
  type: z.literal('Nakadi'),
  /** Name of a registered sink target of type Nakadi. */
  target: slug,
  eventType: eventTypeName,
  /** Events per request. */
  maxBatchSize: z.int().min(1).max(1000).default(100),
});
export type NakadiSinkSpec = z.infer<typeof nakadiSink>;
