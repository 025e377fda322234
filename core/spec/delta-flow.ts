import * as z from 'zod';
import { pgIdentifier } from './names';

export { guessDelta } from './delta-defaults';

/** An event time further than this from the commit of its transaction is refused, microseconds. */
export const MAX_CLOCK_SKEW_US = 5_000_000n;

/** A compact envelope of what changed: `{"id", "type", "v", "ts", "seq", "set"}`. */
export const deltaFlow = z.strictObject({
  type: z.literal('Delta'),
  /** The column that says which aggregate a row belongs to; absent = the primary key: each row is an aggregate. */
  aggregateIdField: pgIdentifier.optional(),
  /** A whole number that rises with every change of an aggregate; absent = the commit LSN. */
  versionField: pgIdentifier.optional(),
  /** When it happened by the row's own word, within 5 s of the commit; absent = the commit time. */
  eventTimeField: pgIdentifier.optional(),
});
export type DeltaSpec = z.infer<typeof deltaFlow>;
