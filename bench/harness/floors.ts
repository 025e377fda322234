import { figure, ratios, type Samples, type Spread, spread } from './samples';

/** A figure: what a contender measured in a table. */
export interface Ref {
  readonly table: string;
  readonly contender: string;
  readonly metric: string;
}

/** What a benchmark has to reach: the median of a figure, or of its ratio to another figure of the same table. */
export interface Floor {
  /** As a person reads it. */
  readonly text: string;
  readonly figure: Ref;
  /** Another figure of the same table: the floor is of the ratio. */
  readonly to?: Omit<Ref, 'table'>;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Verdict {
  readonly text: string;
  /** Null: not measured in this run. */
  readonly met: boolean | null;
  readonly reached: Spread | null;
  readonly isRatio: boolean;
}

/** Holds the median against the floor. `tables`: those that were measured. */
export function judge({ text, figure: ref, to, atLeast, atMost }: Floor, tables: ReadonlyMap<string, Samples>): Verdict {
  const samples = tables.get(ref.table);
  const own = [ref.contender, ref.metric] as const;
  const values = samples ? (to ? ratios(samples, own, [to.contender, to.metric]) : figure(samples, ...own)) : [];
  const reached = spread(values);
  const met = reached && (atLeast === undefined || reached.median >= atLeast) && (atMost === undefined || reached.median <= atMost);
  return { text, met, reached, isRatio: to !== undefined };
}
