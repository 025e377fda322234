import * as z from 'zod';
import { slug } from '../names';

export const httpSink = z.strictObject({
  type: z.literal('Http'),
  /** Name of a registered sink target of type Http. */
  target: slug,
  /** Appended to the target's base URL. */
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9\-._~/%]*$/, 'start with / and use only URL path characters')
    .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not contain . or .. segments')
    .optional(),
  /** Events per request. The body is an array whatever their number. */
  maxBatchSize: z.int().min(1).max(1000).default(100),
});
export type HttpSinkSpec = z.infer<typeof httpSink>;
