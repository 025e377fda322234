import { TestStream } from '@/worker/pipeline/test-harness';
import { benchClassPath, debeziumMissing } from './debezium/class-path';
import { CONNECT_HEAP, startEngine, TUNED } from './debezium/engine';
import { COUNTING } from './drain-spillway';
import { CREATE, row, TABLE } from './drain-workloads';
import { PUBLICATION } from './harness/backlog';
import type { BenchContext, Benchmark, Contender, Sample } from './harness/benchmark';
import { bundledPipeline, PipelineRun } from './harness/pipeline-run';
import { cpuMicros, peakResidentBytes } from './harness/process-figures';
import { benchCatalog, benchServer, withClient } from './harness/server';
import { dropSlot } from './harness/slots';
import { copyOut } from './snapshot-copy';
import { OwnWrites } from './snapshot-writes';

const ROWS = 5_000_000;
const RATE = 'rows';
const CPU = 'reader’s processor time';
const CHUNKS = 'Spillway, chunks';
const COPY = 'COPY (select) to stdout';
const DEBEZIUM = 'Debezium Engine, initial';
const table = 'initial snapshot';

export const benchmark: Benchmark = {
  name: 'snapshot',
  title: 'existing rows of a table, and what their reading does to the source’s own writes',
  floors: [
    {
      text: 'rows/s at least those of Debezium Engine’s snapshot',
      figure: { table, contender: CHUNKS, metric: RATE },
      to: { contender: DEBEZIUM, metric: RATE },
      atLeast: 1,
    },
    {
      text: 'p99 of the source’s own writes at most twice that beside a plain COPY',
      figure: { table, contender: CHUNKS, metric: 'p99' },
      to: { contender: COPY, metric: 'p99' },
      atMost: 2,
    },
  ],
  async run(context) {
    // A walsender sends what is flushed: a mark of a chunk must not wait for the next turn of the WAL writer.
    const [server, catalogUrl] = [await benchServer(context, { synchronous_commit: 'on' }), await benchCatalog(context)];
    const rows = Math.ceil(ROWS * context.scale);
    const url = await server.createDatabase();
    await withClient(url, async (client) => {
      await client.query(CREATE);
      await client.query(`insert into ${TABLE} select ${row('g')} from generate_series(1::bigint, ${rows}) as g`);
      await client.query(`create publication ${PUBLICATION} for table ${TABLE}`);
      await client.query(`vacuum analyze ${TABLE}`);
    });
    context.note('table', `${rows} rows of 10 columns, about 200 B each, all in the server's buffers or the system's`);
    const pipelineFile = await bundledPipeline('counting');
    const spillway = (name: string, blockingReaders?: number): Contender => ({
      name,
      run: () =>
        beside(url, () => readBySpillway({ url, catalogUrl, pipelineFile, rows, ...(blockingReaders ? { blockingReaders } : {}) })),
    });
    await context.compare({
      table,
      metrics: [
        { name: RATE, unit: 'rows/s' },
        { name: 'p50', unit: 'ms of own writes', digits: 2 },
        { name: 'p99', unit: 'ms of own writes', digits: 2 },
        { name: 'memory', unit: 'MB, peak' },
        { name: CPU, unit: 'µs/row', digits: 1 },
      ],
      contenders: [
        { name: 'nothing is read', run: () => beside(url, () => pause(10_000).then(() => ({}))) },
        {
          name: COPY,
          run: () => beside(url, async () => ({ seconds: await copyOut(url, `copy (select * from ${TABLE}) to stdout`), rows })),
        },
        spillway(CHUNKS),
        spillway('Spillway, blocking', 1),
        debezium(context, url, rows),
      ],
      peer: COPY,
    });
  },
};

interface Reading {
  readonly seconds?: number;
  readonly rows?: number;
  readonly memoryBytes?: number;
  /** Of whoever reads, loading the program included, µs. */
  readonly cpuMicros?: number;
}

/** Reads while the application goes on writing to the same server, to a table of its own. */
async function beside(url: string, read: () => Promise<Reading>): Promise<Sample> {
  const writes = await OwnWrites.start(url);
  const { seconds, rows, memoryBytes, cpuMicros: cpu } = await read().finally(() => writes.stop());
  return {
    ...writes.figures(),
    ...(seconds && rows ? { [RATE]: rows / seconds } : {}),
    ...(memoryBytes ? { memory: memoryBytes / 1e6 } : {}),
    ...(cpu && rows ? { [CPU]: cpu / rows } : {}),
  };
}

interface SpillwayReading {
  readonly url: string;
  readonly catalogUrl: string;
  readonly pipelineFile: string;
  readonly rows: number;
  readonly blockingReaders?: number;
}

/** From the start of the pipeline's process to the last row at the sink; the slot is made on the way. */
async function readBySpillway({ url, catalogUrl, pipelineFile, rows, ...method }: SpillwayReading): Promise<Reading> {
  const options = { catalogUrl, sourceUrl: url, table: TABLE, receiverUrl: 'http://127.0.0.1:1/', snapshot: 'initial', ...method } as const;
  const stream = await TestStream.create(options);
  try {
    const assigned = await stream.assignment();
    const assignment = {
      ...assigned,
      publicationName: PUBLICATION,
      sinkConfig: COUNTING.config,
      spec: { ...assigned.spec, sink: COUNTING.spec },
    };
    const began = performance.now();
    const run = PipelineRun.start(pipelineFile, assignment, { BENCH_TOTAL: String(rows) }, process.env.BENCH_PROFILES);
    try {
      await COUNTING.arrived(run);
      return { rows, seconds: (performance.now() - began) / 1000, memoryBytes: peakResidentBytes(run.pid), cpuMicros: cpuMicros(run.pid) };
    } finally {
      await run.stop();
    }
  } finally {
    await stream.dispose();
  }
}

function debezium(context: BenchContext, url: string, rows: number): Contender {
  const slot = 'bench_debezium_initial';
  return {
    name: DEBEZIUM,
    missing: debeziumMissing(),
    run: () =>
      beside(url, async () => {
        const classPath = benchClassPath((line) => context.say(line));
        const properties = { ...TUNED, 'bench.sink': 'count', 'snapshot.mode': 'initial', 'snapshot.fetch.size': '10000' };
        const began = performance.now();
        const engine = startEngine({ classPath, url, slot, table: TABLE, heap: CONNECT_HEAP, total: rows, properties });
        try {
          await engine.done;
          return {
            rows,
            seconds: (performance.now() - began) / 1000,
            memoryBytes: peakResidentBytes(engine.pid),
            cpuMicros: cpuMicros(engine.pid),
          };
        } finally {
          await engine.stop();
          await withClient(url, (client) => dropSlot(client, slot));
        }
      }),
  };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
