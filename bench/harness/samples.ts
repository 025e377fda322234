/** One table's runs: contender → round → what it measured; null where that round failed or was not run. */
export type Samples = ReadonlyMap<string, readonly (Readonly<Record<string, number>> | null)[]>;

/** Median, least and greatest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Null of no values. Of an even number of values the median lies between the two in the middle. */
export function spread(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) return null;
  return { median: (low + high) / 2, min: sorted[0] as number, max: sorted.at(-1) as number, runs: sorted.length };
}

/** The value below which a share (0 to 1) of the sorted values lies; NaN of none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] as number;
}

/** A figure of a contender in every round that has it, in order of rounds. */
export function figure(samples: Samples, contender: string, metric: string): number[] {
  return (samples.get(contender) ?? []).flatMap((sample) => sample?.[metric] ?? []);
}

/** Round by round, one figure over another: runs of one round stood under the same load. Rounds that lack either are left out. */
export function ratios(samples: Samples, of: readonly [contender: string, metric: string], to: readonly [string, string]): number[] {
  const [left, right] = [samples.get(of[0]) ?? [], samples.get(to[0]) ?? []];
  return left.flatMap((sample, round) => {
    const [value, base] = [sample?.[of[1]], right[round]?.[to[1]]];
    return value === undefined || base === undefined || base === 0 ? [] : [value / base];
  });
}

/** Order in a round: the next one begins each time, so that nobody always runs after the same. */
export function turns<T>(contenders: readonly T[], round: number): T[] {
  const first = contenders.length === 0 ? 0 : round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}
