/** What a value axis counts in; decides where its lines may stand. */
export type Unit = 'bytes' | 'ms' | 'rate';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Steps between the lines of an axis, smallest first, so that each line is a round figure in its unit. */
export function axisSteps(unit: Unit): number[] {
  switch (unit) {
    case 'bytes':
      return Array.from({ length: 60 }, (_, power) => 2 ** power);
    case 'ms':
      return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
        .concat([1, 2, 5, 10, 20].map((minutes) => minutes * MINUTE))
        .concat([1, 2, 4, 8, 12, 24, 48, 96, 168, 336].map((hours) => hours * HOUR));
    case 'rate':
      return Array.from({ length: 30 }, (_, index) => [1, 2, 5].map((digit) => digit * 10 ** (index - 3))).flat();
  }
}
