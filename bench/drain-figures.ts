import { randomUUID } from 'node:crypto';
import type { Backlog } from './harness/backlog';
import type { Metric, Sample } from './harness/benchmark';
import { cpuMicros, peakResidentBytes } from './harness/process-figures';

export const RATE = 'rate';
export const CLIENT_CPU = 'client CPU';
export const WALSENDER_CPU = 'walsender CPU';
export const PEAK_RSS = 'peak RSS';

export const DRAIN_METRICS: readonly Metric[] = [
  { name: RATE, unit: 'rows/s' },
  { name: CLIENT_CPU, unit: 'µs/row', digits: 1 },
  { name: WALSENDER_CPU, unit: 'µs/row', digits: 1 },
  { name: PEAK_RSS, unit: 'MiB' },
];

const MIB = 1024 * 1024;

/** A client of a replication slot. */
export interface DrainClient {
  readonly pid: number;
  /** Resolves when everything has come to its end, rejects when the client ends before. */
  readonly done: Promise<unknown>;
}

/** What `start` drains from a slot: from the moment in which the slot is read to the moment in which everything is at its end. */
export async function drain(backlog: Backlog, slot: string, { pid, done }: DrainClient): Promise<Sample> {
  const early = done.then(() => Promise.reject(new Error('it ended before it read')));
  const walsender = await Promise.race([backlog.walsender(slot), early]);
  // Loading the program is no part of what a row costs.
  const client = watchProcess(pid);
  await done;
  const seconds = (performance.now() - walsender.since) / 1000;
  const { cpu, peak } = client.stop();
  return {
    [RATE]: backlog.rows / seconds,
    [CLIENT_CPU]: cpu / backlog.rows,
    [WALSENDER_CPU]: walsender.stop() / backlog.rows,
    [PEAK_RSS]: peak / MIB,
  };
}

/** Looks at a process' figures until it is gone: some end by themselves. */
function watchProcess(pid: number): { stop(): { cpu: number; peak: number } } {
  const before = cpuMicros(pid);
  const seen = { cpu: 0, peak: 0 };
  const look = () => {
    seen.cpu = Math.max(seen.cpu, cpuMicros(pid) - before);
    seen.peak = Math.max(seen.peak, peakResidentBytes(pid));
  };
  // What never ends keeps nobody waiting: it is left out.
  const timer = setInterval(look, 20).unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return seen;
    },
  };
}

/** A slot that stands before the backlog, for one run. */
export async function withSlot<T>(backlog: Backlog, work: (slot: string) => Promise<T>): Promise<T> {
  const slot = `bench_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await backlog.slot(slot);
  try {
    return await work(slot);
  } finally {
    await backlog.drop(slot);
  }
}
