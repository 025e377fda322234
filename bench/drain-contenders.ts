import { randomUUID } from 'node:crypto';
import type { Assignment } from '@/worker/pipeline/assignment';
import { TestStream } from '@/worker/pipeline/test-harness';
import { type Backlog, PUBLICATION, type Walsender } from './harness/backlog';
import type { Contender, Metric, Sample } from './harness/benchmark';
import type { Counted } from './harness/counting-registry';
import { PipelineRun } from './harness/pipeline-run';
import { cpuMicros, peakResidentBytes } from './harness/process-figures';
import { recvlogicalMissing, startRecvlogical } from './harness/recvlogical';

export const RATE = 'rate';
export const CLIENT_CPU = 'client CPU';
export const WALSENDER_CPU = 'walsender CPU';
export const PEAK_RSS = 'peak RSS';

export const DRAIN_METRICS: readonly Metric[] = [
  { name: RATE, unit: 'rows/s' },
  { name: CLIENT_CPU, unit: 'µs/row', digits: 1 },
  { name: WALSENDER_CPU, unit: 'µs/row', digits: 1 },
  { name: PEAK_RSS, unit: 'MiB', digits: 0 },
];

const MIB = 1024 * 1024;

/** What a drain measured: from the moment in which the slot was read to the moment in which everything was at its end. */
export function drained(rows: number, walsender: Walsender, at: number, client: { cpu: number; peak: number }): Sample {
  const server = walsender.stop();
  return {
    [RATE]: rows / ((at - walsender.since) / 1000),
    [CLIENT_CPU]: client.cpu / rows,
    [WALSENDER_CPU]: server / rows,
    [PEAK_RSS]: client.peak / MIB,
  };
}

/** Looks at a process' figures until it is gone, for one that ends by itself. */
export function watchProcess(pid: number): { stop(): { cpu: number; peak: number } } {
  const seen = { cpu: 0, peak: 0 };
  const look = () => {
    seen.cpu = Math.max(seen.cpu, cpuMicros(pid));
    seen.peak = Math.max(seen.peak, peakResidentBytes(pid));
  };
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      look();
      return seen;
    },
  };
}

export const slotName = (): string => `bench_${randomUUID().replaceAll('-', '').slice(0, 12)}`;

export function recvlogical(backlog: Backlog): Contender {
  return {
    name: 'pg_recvlogical',
    missing: recvlogicalMissing(),
    async run() {
      const slot = slotName();
      await backlog.slot(slot);
      try {
        const { pid, ended } = startRecvlogical(backlog.url, slot, backlog.end);
        const client = watchProcess(pid);
        const walsender = await Promise.race([backlog.walsender(slot), ended.then(() => Promise.reject(new Error('it read nothing')))]);
        await ended;
        return drained(backlog.rows, walsender, performance.now(), client.stop());
      } finally {
        await backlog.drop(slot);
      }
    },
  };
}

export interface SpillwayDrain {
  readonly name: string;
  readonly backlog: Backlog;
  readonly catalogUrl: string;
  readonly pipelineFile: string;
  readonly table: string;
  /** Folder for profiles of the processor. */
  readonly profiles?: string;
  /** The sink's part of the assignment. */
  readonly sink: Pick<Assignment, 'sinkConfig'> & { readonly spec: Assignment['spec']['sink'] };
  /** Resolves when everything has come to its end. */
  arrived(run: PipelineRun, rows: number): Promise<unknown>;
}

/** A stream that adopts the slot, and its pipeline's process. Snapshot none, flow and limits as by default. */
export function spillway({ name, backlog, catalogUrl, pipelineFile, table, profiles, sink, arrived }: SpillwayDrain): Contender {
  return {
    name,
    async run() {
      const stream = await TestStream.create({ catalogUrl, sourceUrl: backlog.url, table, receiverUrl: 'http://127.0.0.1:1/' });
      await backlog.slot(stream.slotName);
      const assigned = await stream.assignment();
      const assignment: Assignment = {
        ...assigned,
        publicationName: PUBLICATION,
        sinkConfig: sink.sinkConfig,
        spec: { ...assigned.spec, sink: sink.spec },
      };
      const run = PipelineRun.start(pipelineFile, assignment, { BENCH_TOTAL: String(backlog.rows) }, profiles);
      try {
        const end = arrived(run, backlog.rows);
        const walsender = await Promise.race([backlog.walsender(stream.slotName), end.then(() => Promise.reject(new Error('too early')))]);
        // Loading the program is no part of what a row costs.
        const started = cpuMicros(run.pid);
        await end;
        const client = { cpu: cpuMicros(run.pid) - started, peak: peakResidentBytes(run.pid) };
        return drained(backlog.rows, walsender, performance.now(), client);
      } finally {
        await run.stop();
        await stream.dispose();
      }
    },
  };
}

export const isCounted = (message: { readonly type: string }): message is Counted => message.type === 'counted';
