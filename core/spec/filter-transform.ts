import * as z from 'zod';
import { pgIdentifier } from './names';

const names = z
  .array(pgIdentifier)
  .min(1, 'name at least one column')
  .max(1_600)
  .refine((list) => new Set(list).size === list.length, 'names a column twice');

/**
 * What becomes of columns between filter and flow, in the old row and the new one alike. Columns of the key stay unless `hash.keys` says
 * otherwise. A column that the table does not have stops its events (they go to recovery): a renamed column must not slip past its mask.
 */
export const columnTransform = z
  .strictObject({
    /** Only these columns, and those of the key. */
    include: names.optional(),
    /** All but these columns. */
    exclude: names.optional(),
    /** Columns whose values are replaced by a fixed text. NULL stays NULL. */
    mask: z.strictObject({ columns: names, text: z.string().max(200).default('****') }).optional(),
    /** Columns whose values are replaced by the SHA-256 of salt and value, in hexadecimal: Debezium's column.mask.hash.v2. NULL stays NULL. */
    hash: z
      .strictObject({
        columns: names,
        /** Visible to all who may read the stream. */
        salt: z.string().min(8, 'use 8 characters or more, so that values cannot be looked up in a table made before').max(200),
        /** Also hash columns of the key: the events' key is then made of hashes. */
        keys: z.boolean().optional(),
      })
      .optional(),
  })
  .superRefine(({ include, exclude, mask, hash }, context) => {
    const refuse = (path: string[], message: string, input: unknown) => context.addIssue({ code: 'custom', path, message, input });
    if (!include && !exclude && !mask && !hash) refuse([], 'give include, exclude, mask or hash', undefined);
    if (include && exclude) refuse(['exclude'], 'give include or exclude, not both', exclude);
    const named = new Map<string, string>();
    for (const [use, columns] of [
      ['exclude', exclude],
      ['mask', mask?.columns],
      ['hash', hash?.columns],
    ] as const) {
      for (const column of columns ?? []) {
        const before = named.get(column);
        if (before) refuse([use], `"${column}" is in ${before} already`, column);
        named.set(column, use);
        if (include && !include.includes(column)) refuse([use], `"${column}" is not among the included columns`, column);
      }
    }
  });
export type ColumnTransform = z.infer<typeof columnTransform>;

/** Columns whose values must not be shown as they are: left out, masked or hashed. With `include`, all others. */
export function hiddenColumn(transform: ColumnTransform | undefined, column: string): boolean {
  if (!transform) return false;
  const { include, exclude, mask, hash } = transform;
  return (
    Boolean(exclude?.includes(column) || mask?.columns.includes(column) || hash?.columns.includes(column)) ||
    include?.includes(column) === false
  );
}
