import { type ColumnTransform, hiddenColumn } from './filter-transform';

/** Stands in the portal for a value that a stream masks, hashes or leaves out. */
export const HIDDEN_VALUE = '(hidden: the stream does not send it as it is)';

/**
 * The decoded change of a dead letter as people may see it. The letter keeps the values, so that a replay can make the same message again;
 * those that one of these transforms hides are not shown. NULL stays NULL. Unknown shapes come back as they are only when nothing is hidden.
 */
export function hideColumns(input: unknown, transforms: readonly (ColumnTransform | undefined)[]): unknown {
  const given = transforms.filter((transform) => transform !== undefined);
  if (given.length === 0) return input;
  if (!isRecord(input) || !Array.isArray(input.columns)) return null;
  const hidden = input.columns.map((column: unknown) => {
    const { name, primaryKey } = isRecord(column) ? column : {};
    return given.some((transform) => hiddenColumn(primaryKey === true ? { ...transform, include: undefined } : transform, String(name)));
  });
  const tuple = (values: unknown) =>
    Array.isArray(values)
      ? values.map((value: unknown, index) => (hidden[index] && typeof value === 'string' ? HIDDEN_VALUE : value))
      : values;
  const cut = (values: unknown) =>
    Array.isArray(values)
      ? values.map((value: unknown) => (isRecord(value) && hidden[Number(value.column)] ? { ...value, preview: HIDDEN_VALUE } : value))
      : values;
  return { ...input, before: tuple(input.before), after: tuple(input.after), ...(input.cut === undefined ? {} : { cut: cut(input.cut) }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
