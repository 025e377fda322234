import * as z from 'zod';
import { pgIdentifier } from './names';

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
export const DELTA_DEFAULTS: DeltaSpec = deltaFlow.parse({ type: 'Delta' });

const VERSION_NAMES = ['version', 'row_version', 'lock_version', 'revision'];

/** The flow for a table as its columns suggest it: a version by its usual names. An event time, which refuses events, is never guessed. */
export function guessDelta(columns: readonly { readonly name: string; readonly type: string }[]): DeltaSpec {
  const version = columns.find(({ name, type }) => VERSION_NAMES.includes(name.toLowerCase()) && isWholeNumber(type));
  return version ? { ...DELTA_DEFAULTS, versionField: version.name } : DELTA_DEFAULTS;
}

/** Of a type as format_type prints it. */
export function isWholeNumber(type: string): boolean {
  return ['smallint', 'integer', 'bigint'].includes(type);
}

/** Of a type as format_type prints it: timestamp with or without time zone, of any precision. */
export function isTimestamp(type: string): boolean {
  return type.startsWith('timestamp');
}
