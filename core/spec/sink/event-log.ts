import * as z from 'zod';
import { slug } from '../names';

export const eventLogSink = z.strictObject({
  type: z.literal('EventLog'),
  /** Name of a registered sink target of type EventLog. */
  target: slug,
});
export type EventLogSinkSpec = z.infer<typeof eventLogSink>;
