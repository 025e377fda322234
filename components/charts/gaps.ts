/** Columns of a chart with a null point wherever a sample is missing, so that an outage is a gap and not a straight line. */
export function withGaps(
  at: readonly number[],
  columns: readonly (readonly (number | null)[])[],
  expectedStep: number,
): { readonly at: number[]; readonly columns: (number | null)[][] } {
  const times: number[] = [];
  const filled: (number | null)[][] = columns.map(() => []);
  at.forEach((second, index) => {
    const previous = at[index - 1];
    if (previous !== undefined && second - previous > expectedStep * 2.5) {
      times.push(previous + expectedStep);
      for (const column of filled) column.push(null);
    }
    times.push(second);
    columns.forEach((column, number) => {
      filled[number]?.push(column[index] ?? null);
    });
  });
  return { at: times, columns: filled };
}

/** Lowest, highest and latest of what was sampled; null when nothing was. */
export function extentOf(
  values: readonly (number | null)[],
): { readonly low: number; readonly high: number; readonly last: number } | null {
  const known = values.filter((value): value is number => value !== null);
  const last = known.at(-1);
  return last === undefined ? null : { low: Math.min(...known), high: Math.max(...known), last };
}
