import * as z from 'zod';

/** Values of the key's columns in their order, as text that the server reads as their types. */
const keyValues = z.array(z.string().max(2_000)).min(1, 'give a value for each column of the key').max(32);

/** Which rows of its table a stream reads again, beside the row filter of its spec. */
export const snapshotScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('table') }),
  z
    .strictObject({
      kind: z.literal('range'),
      /** First key, itself included; absent = from the beginning. */
      from: keyValues.optional(),
      /** Last key, itself included; absent = to the end. */
      to: keyValues.optional(),
    })
    .refine(({ from, to }) => from !== undefined || to !== undefined, { path: ['from'], message: 'give a first key, a last key, or both' }),
  z.strictObject({
    kind: z.literal('condition'),
    /** SQL condition on a row, as after WHERE. */
    condition: z.string().trim().min(1, 'write a condition').max(2_000),
  }),
]);
export type SnapshotScope = z.infer<typeof snapshotScope>;

/** In the words of a sentence: `the whole table`, `keys from 5 to 100`, `rows where …`. */
export function scopeWords(scope: SnapshotScope): string {
  switch (scope.kind) {
    case 'table':
      return 'the whole table';
    case 'range': {
      const from = scope.from ? ` from ${scope.from.join(', ')}` : '';
      const to = scope.to ? `${from ? '' : ' up'} to ${scope.to.join(', ')}` : '';
      return `keys${from}${to}`;
    }
    case 'condition':
      return `rows where ${scope.condition}`;
  }
}
