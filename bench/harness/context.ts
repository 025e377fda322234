import { messageOf } from '@/core/errors';
import type { BenchContext, Comparison, Sample } from './benchmark';
import { tableOf } from './report';
import { type Samples, turns } from './samples';

export interface ContextOptions {
  /** Takes what is a result; what only tells how far it is goes to standard error. */
  print(line: string): void;
  /** A run has ended, well or not. */
  onSample?(): void;
  readonly runs: number;
  readonly scale: number;
  /** Tables whose name holds one of these; all when empty. */
  readonly only: readonly string[];
  /** Names of contenders; all when empty. */
  readonly contenders: readonly string[];
  /** Rounds of an earlier run, table → contender → samples, to which this one adds. */
  readonly earlier?: Readonly<Record<string, Readonly<Record<string, readonly (Sample | null)[]>>>>;
}

/** Keeps what was measured and what has to be undone. */
export class RunContext implements BenchContext {
  readonly tables = new Map<string, Samples>();
  readonly notes: Record<string, string> = {};
  failures = 0;
  private ended = false;
  private readonly undo: (() => Promise<void> | void)[] = [];

  constructor(private readonly options: ContextOptions) {
    for (const [table, known] of Object.entries(options.earlier ?? {})) this.tables.set(table, new Map(Object.entries(known)));
  }

  get runs(): number {
    return this.options.runs;
  }
  get scale(): number {
    return this.options.scale;
  }
  say(line: string): void {
    console.error(line);
  }
  note(name: string, value: string): void {
    if (this.notes[name] === value) return;
    this.notes[name] = value;
    this.options.print(`${name}: ${value}`);
  }
  cleanup(work: () => Promise<void> | void): void {
    this.undo.push(work);
  }
  wanted(table: string): boolean {
    return matches(table, this.options.only);
  }

  async compare(comparison: Comparison): Promise<Samples> {
    const { contenders } = this.options;
    const samples = new Map<string, (Sample | null)[]>();
    if (!this.wanted(comparison.table)) return samples;
    const there = comparison.contenders.filter(({ name }) => contenders.length === 0 || contenders.includes(name));
    for (const { name, missing } of there) if (missing) this.options.print(`skipped: ${name}: ${missing}`);
    const running = new Set(there.filter(({ missing }) => !missing));
    for (const [name, known] of this.tables.get(comparison.table) ?? []) samples.set(name, [...known]);
    const before = Math.max(0, ...[...samples.values()].map(({ length }) => length));
    for (const { name } of running) samples.set(name, padded(samples.get(name) ?? [], before));
    this.tables.set(comparison.table, samples);
    const started = performance.now();
    for (let round = before; round < before + (comparison.runs ?? this.runs) && running.size > 0; round++) {
      for (const contender of turns([...running], round)) {
        const began = performance.now();
        try {
          const sample = await contender.run(round);
          samples.get(contender.name)?.push(sample);
          this.say(`${comparison.table}, round ${round + 1}, ${contender.name}: ${seconds(began)} ${JSON.stringify(rounded(sample))}`);
        } catch (error) {
          // Interrupted: its servers are gone, which is no fault of the contender.
          if (this.ended) return samples;
          this.failures++;
          running.delete(contender);
          samples.get(contender.name)?.push(null);
          this.options.print(`FAILED: ${comparison.table}, ${contender.name}: ${messageOf(error)}`);
        }
        this.options.onSample?.();
      }
    }
    this.say(`${comparison.table}: ${seconds(started)}`);
    this.options.print(`\n${tableOf(comparison, samples)}\n`);
    return samples;
  }

  /** Undoes everything; each on its own, so that one that fails keeps nothing else. */
  async end(): Promise<void> {
    this.ended = true;
    for (const work of this.undo.splice(0).reverse()) {
      try {
        await work();
      } catch (error) {
        this.say(`could not be undone: ${messageOf(error)}`);
      }
    }
  }
}

/** Rounds that it did not run count as not run, so that those of one index stood under the same load. */
const padded = (samples: readonly (Sample | null)[], rounds: number): (Sample | null)[] => [
  ...samples,
  ...Array.from({ length: rounds - samples.length }, () => null),
];
const matches = (name: string, parts: readonly string[]): boolean => parts.length === 0 || parts.some((part) => name.includes(part));
const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const rounded = (sample: Sample): Sample =>
  Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, Number(value.toPrecision(5))]));
