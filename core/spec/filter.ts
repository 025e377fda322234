import * as z from 'zod';
import { pgIdentifier } from './names';

const once = (names: readonly string[]) => new Set(names).size === names.length;

/** Longest expression, characters: it bounds what one evaluation may cost. */
export const LONGEST_EXPRESSION = 2_000;
const expression = z.string().trim().min(1, 'write a condition, or leave it out').max(LONGEST_EXPRESSION);

/**
 * Which changes of rows become events. Each condition that is given must hold. Truncates, logical messages and the ends of transactions
 * always pass. Whether the expressions compile is asked of `filterProblems` (filter-check.ts), which loads their languages.
 */
export const eventFilter = z
  .strictObject({
    /** An update passes only when one of these columns, or the key, changed. Needs the old row: REPLICA IDENTITY FULL. */
    changedColumns: z.array(pgIdentifier).min(1, 'name at least one column').max(100).refine(once, 'names a column twice').optional(),
    /** A CEL expression over op, before, after, row and source. */
    cel: expression.optional(),
    /** FES' filter, a JSONPath (RFC 9535) over the Debezium record: `[?(@.source.txId > 500)]`. */
    jsonPath: expression.optional(),
  })
  .refine((filter) => Object.values(filter).some((condition) => condition !== undefined), 'give changedColumns, cel or jsonPath');
export type EventFilter = z.infer<typeof eventFilter>;

/** FES has its filter in the source (`source.filter`): it is read as `filter.jsonPath`. Anything else is returned as it is. */
export function withFesFilter(typed: unknown): unknown {
  if (!isRecord(typed) || !isRecord(typed.source) || typeof typed.source.filter !== 'string') return typed;
  const { filter: jsonPath, ...source } = typed.source;
  const { filter } = typed;
  if (filter !== undefined && !(isRecord(filter) && filter.jsonPath === undefined)) return typed;
  return { ...typed, source, filter: { ...filter, jsonPath } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
