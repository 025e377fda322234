import type { Floor, Ref } from './floors';
import type { Samples } from './samples';

export type { Floor, Ref };

/** What one run of a contender measured: name of the metric → value. A metric that it has not is left out. */
export type Sample = Readonly<Record<string, number>>;

export interface Metric {
  /** Key of the sample, and heading of the column. */
  readonly name: string;
  readonly unit: string;
  /** Digits behind the point; 0. */
  readonly digits?: number;
}

export interface Contender {
  readonly name: string;
  /** Why it can not run here; it is left out and this is printed. */
  readonly missing?: string | undefined;
  /** One run, from nothing to nothing: what it starts it ends. Its sample may leave metrics out. Rejects when it failed. */
  run(round: number): Promise<Sample>;
}

/** A table of figures: contenders take turns, round by round, and another one begins each round. */
export interface Comparison {
  /** Unique within the benchmark; floors name it, `--only` matches it. */
  readonly table: string;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly Contender[];
  /** Name of the contender that ratios are against; the first of the others takes its place when it is missing. */
  readonly peer?: string;
  /** How often each runs; `--runs` when not given. */
  readonly runs?: number;
}

export interface BenchContext {
  /** At least this many rounds. */
  readonly runs: number;
  /** 1 = the sizes that the benchmark names; 0.1 = a tenth, for a quick look. */
  readonly scale: number;
  /** A line for whoever watches; never a figure without its peer. */
  say(line: string): void;
  /** Something about the set-up that figures depend on (server version, settings), printed and written with them. */
  note(name: string, value: string): void;
  /** Run at the end, or when the benchmark breaks, latest first. */
  cleanup(work: () => Promise<void> | void): void;
  /** False when `--only` leaves the table out: what it needs does not have to be made. */
  wanted(table: string): boolean;
  /** Runs the contenders in turns and prints the table. A contender that fails is reported and left out of later rounds. */
  compare(comparison: Comparison): Promise<Samples>;
}

/** A module of bench/, listed in registry.ts. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly floors: readonly Floor[];
  run(context: BenchContext): Promise<void>;
}
