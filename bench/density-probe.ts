import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from './harness/benchmark';
import { monotonicMs } from './harness/clock';
import { percentile } from './harness/samples';

/** Each table gets a row so often, ms. */
const EVERY_MS = 100;
/** What was committed may still arrive, ms. */
const LATE_MS = 10_000;

/** Writes 10 rows/s into each table and notes how long each takes from the answer to its COMMIT to its arrival. */
export class DensityProbe {
  private readonly committed = new Map<number, number>();
  private readonly arrivals = new Map<number, number>();
  private from = Number.POSITIVE_INFINITY;
  private stopped = false;

  constructor(private readonly tables: readonly string[]) {}

  /** Until `end`. */
  async write(run: (text: string) => Promise<unknown>): Promise<void> {
    const pause = EVERY_MS / this.tables.length;
    const began = monotonicMs();
    for (let id = 1; !this.stopped; id++) {
      await run(`INSERT INTO ${this.tables[id % this.tables.length]} VALUES (${id}, 'a row of a quiet stream')`);
      this.committed.set(id, monotonicMs());
      const next = began + id * pause - monotonicMs();
      if (next > 0) await sleep(next);
    }
  }

  /** The body of a request. */
  arrived(body: string): void {
    const now = monotonicMs();
    for (const [, id] of body.matchAll(/"after":\{"id":(\d+)/g)) {
      if (!this.arrivals.has(Number(id))) this.arrivals.set(Number(id), now);
    }
  }

  /** What is committed from now on counts. */
  begin(): void {
    this.from = monotonicMs();
  }

  /** Of what was committed since `begin`, once all of it has come. */
  async end(): Promise<Sample> {
    this.stopped = true;
    const until = monotonicMs();
    const counted = [...this.committed].filter(([, at]) => at >= this.from && at < until);
    const missing = () => counted.filter(([id]) => !this.arrivals.has(id)).length;
    while (missing() > 0 && monotonicMs() < until + LATE_MS) await sleep(20);
    if (missing() > 0) throw new Error(`${missing()} of ${counted.length} events have not come within ${LATE_MS / 1000} s`);
    const ms = counted.map(([id, at]) => Math.max(0, (this.arrivals.get(id) ?? 0) - at)).sort((a, b) => a - b);
    return {
      'p50 of the others': percentile(ms, 0.5),
      'p99 of the others': percentile(ms, 0.99),
      'events of the others': ms.length,
      seconds: (until - this.from) / 1000,
    };
  }
}
