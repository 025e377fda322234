import type { Assignment } from '@/worker/pipeline/assignment';
import { TestStream } from '@/worker/pipeline/test-harness';
import { drain } from './drain-figures';
import { type Backlog, PUBLICATION } from './harness/backlog';
import type { Contender } from './harness/benchmark';
import type { Counted } from './harness/counting-registry';
import { PipelineRun } from './harness/pipeline-run';

export interface SpillwayDrain {
  readonly name: string;
  readonly backlog: Backlog;
  readonly catalogUrl: string;
  readonly pipelineFile: string;
  readonly table: string;
  /** Folder for profiles of the processor. */
  readonly profiles: string | undefined;
  /** The sink's part of the assignment, of one run. */
  sink(): Promise<DrainSink>;
}
export interface DrainSink {
  readonly spec: Assignment['spec']['sink'];
  readonly config: Assignment['sinkConfig'];
  /** Resolves when everything has come to its end. */
  arrived(run: PipelineRun): Promise<unknown>;
  end?(): Promise<void>;
}

/** A stream that adopts the slot, and its pipeline's process. No snapshot, flow and limits as by default. */
export function spillway({ name, backlog, sink, ...start }: SpillwayDrain): Contender {
  return {
    name,
    async run() {
      const to = await sink();
      const slot = (name: string) => backlog.slot(name);
      const stream = await startStream({ ...start, to, sourceUrl: backlog.url, rows: backlog.rows, slot });
      try {
        return await stream.run.during(drain(backlog, stream.slotName, { pid: stream.run.pid, done: to.arrived(stream.run) }));
      } finally {
        await stream.end();
        await to.end?.();
      }
    },
  };
}

export interface StreamStart extends Pick<SpillwayDrain, 'catalogUrl' | 'pipelineFile' | 'table' | 'profiles'> {
  readonly sourceUrl: string;
  readonly to: Pick<DrainSink, 'spec' | 'config'>;
  /** What a counting sink counts to. */
  readonly rows: number;
  /** Makes the slot, which the pipeline then adopts. */
  slot(name: string): Promise<void>;
}

/** `end` stops the pipeline and drops the slot. */
export async function startStream(start: StreamStart): Promise<{ run: PipelineRun; slotName: string; end(): Promise<void> }> {
  const { catalogUrl, sourceUrl, pipelineFile, table, profiles, to, rows, slot } = start;
  const stream = await TestStream.create({ catalogUrl, sourceUrl, table, receiverUrl: 'http://127.0.0.1:1/' });
  await slot(stream.slotName);
  const assigned = await stream.assignment();
  const spec = { ...assigned.spec, sink: to.spec };
  const assignment: Assignment = { ...assigned, publicationName: PUBLICATION, sinkConfig: to.config, spec };
  const run = PipelineRun.start(pipelineFile, assignment, { BENCH_TOTAL: String(rows) }, profiles);
  return {
    run,
    slotName: stream.slotName,
    async end() {
      await run.stop();
      await stream.dispose();
    },
  };
}

/** Takes everything and does nothing (harness/counting-registry.ts); cut into batches as for Kafka. */
export const COUNTING: DrainSink = {
  spec: { type: 'Http', target: 'counting', maxBatchSize: 500 },
  config: { type: 'Http', url: 'http://127.0.0.1:1/', allowPrivateNetwork: true, timeoutMs: 30_000 },
  arrived: (run) => run.heard((message): message is Counted => message.type === 'counted'),
};
