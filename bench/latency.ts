import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { benchClassPath, debeziumMissing } from './debezium/class-path';
import { CONNECT_HEAP, startEngine, TUNED } from './debezium/engine';
import { startStream } from './drain-spillway';
import { CREATE, row, TABLE } from './drain-workloads';
import { PUBLICATION } from './harness/backlog';
import type { Benchmark, Contender, Floor, Metric, Sample } from './harness/benchmark';
import { bundledPipeline } from './harness/pipeline-run';
import { BenchReceiver } from './harness/receiver';
import { percentile } from './harness/samples';
import { benchCatalog, benchServer, connected } from './harness/server';
import { dropSlot, readerOf } from './harness/slots';
import { writeAtRate } from './harness/writer';

const SPILLWAY = 'Spillway';
const DEBEZIUM = 'Debezium Engine, defaults';
const METRICS: readonly Metric[] = [
  { name: 'p50', unit: 'ms', digits: 1 },
  { name: 'p99', unit: 'ms', digits: 1 },
  { name: 'p99.9', unit: 'ms', digits: 1 },
  { name: 'written', unit: 'rows/s' },
];
/** Rows a second, and how they come: single rows as far as a writer on the same two cores leaves room for those who are measured. */
const RATES = [
  { perSecond: 100, perTransaction: 1 },
  { perSecond: 2_000, perTransaction: 1 },
  { perSecond: 10_000, perTransaction: 10 },
] as const;
const tableOf = ({ perSecond, perTransaction }: (typeof RATES)[number]): string =>
  `commit to arrival by HTTP, ${perSecond.toLocaleString('en-US')} rows/s, ${perTransaction} a transaction`;
/** Only WAL that is written is sent: with synchronous_commit off it would wait for the WAL writer, 200 ms. An fsync would come before either clock starts. */
const SETTINGS = { synchronous_commit: 'on' };
/** What is measured, after so much that is not: a JVM has to warm up. */
const SECONDS = 12;
const WARM_UP_SECONDS = 5;

const table = tableOf(RATES[1]);
const floor = (metric: string, most: { ms: number } | { share: number }): Floor =>
  'ms' in most
    ? { text: `${metric} at 2,000 rows/s: ${most.ms} ms`, figure: { table, contender: SPILLWAY, metric }, atMost: most.ms }
    : {
        text: `${metric} at 2,000 rows/s: a tenth of Debezium Engine's at its defaults`,
        figure: { table, contender: SPILLWAY, metric },
        to: { contender: DEBEZIUM, metric },
        atMost: most.share,
      };

export const benchmark: Benchmark = {
  name: 'latency',
  title: 'from the answer to COMMIT to the last byte of the request at an HTTP receiver',
  floors: [floor('p50', { ms: 10 }), floor('p99', { ms: 50 }), floor('p50', { share: 0.1 }), floor('p99', { share: 0.1 })],
  async run(context) {
    const [server, catalogUrl] = [await benchServer(context, SETTINGS), await benchCatalog(context)];
    const sourceUrl = await server.createDatabase();
    const client = await connected(sourceUrl);
    context.cleanup(() => client.end());
    await client.query(CREATE);
    await client.query(`create publication ${PUBLICATION} for table ${TABLE} with (publish = 'insert, update, delete')`);
    const pipelineFile = await bundledPipeline('product');
    const classPath = debeziumMissing() ? '' : benchClassPath((line) => context.say(line));
    for (const rate of RATES) {
      const seconds = Math.max(2, SECONDS * context.scale);
      const measured = (start: Start) => measure({ client, sourceUrl, rate, seconds, start });
      const engine = (name: string, properties: Readonly<Record<string, string>>): Contender => ({
        name,
        missing: debeziumMissing(),
        run: () =>
          measured(async (url) => {
            const slot = `bench_${randomUUID().slice(0, 8)}`;
            await makeSlot(client, slot);
            const target = { 'bench.sink': 'http', 'bench.url': url };
            const options = { classPath, url: sourceUrl, slot, table: TABLE, heap: CONNECT_HEAP, total: Number.MAX_SAFE_INTEGER };
            const run = startEngine({ ...options, properties: { ...properties, ...target } });
            return { slot, failed: run.done, end: () => run.stop() };
          }),
      });
      await context.compare({
        table: tableOf(rate),
        metrics: METRICS,
        peer: DEBEZIUM,
        contenders: [
          {
            name: SPILLWAY,
            run: () =>
              measured(async (url) => {
                const to = {
                  spec: { type: 'Http', target: 'bench', maxBatchSize: 100 },
                  config: { type: 'Http', url, allowPrivateNetwork: true, timeoutMs: 30_000 },
                } as const;
                const slot = (name: string) => makeSlot(client, name);
                const profiles = process.env.BENCH_PROFILES;
                const stream = await startStream({ catalogUrl, pipelineFile, table: TABLE, profiles, sourceUrl, to, rows: 0, slot });
                const failed = stream.run.exited.then(() => Promise.reject(new Error('the pipeline ended')));
                failed.catch(() => undefined);
                return { slot: stream.slotName, failed, end: () => stream.end() };
              }),
          },
          engine(DEBEZIUM, {}),
          engine('Debezium Engine, tuned', TUNED),
        ],
      });
    }
  },
};

interface Running {
  readonly slot: string;
  /** Rejects when it ends by itself. */
  readonly failed: Promise<unknown>;
  end(): Promise<void>;
}
type Start = (receiverUrl: string) => Promise<Running>;

const makeSlot = async (client: Client, name: string): Promise<void> => {
  await client.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
};

interface Measuring {
  readonly client: Client;
  readonly sourceUrl: string;
  readonly rate: (typeof RATES)[number];
  readonly seconds: number;
  readonly start: Start;
}

async function measure({ client, sourceUrl, rate, seconds, start }: Measuring): Promise<Sample> {
  const warmUp = rate.perSecond * WARM_UP_SECONDS;
  const rows = Math.ceil(warmUp + rate.perSecond * seconds);
  await client.query(`truncate ${TABLE}`);
  const receiver = await BenchReceiver.start(rows);
  const running = await start(receiver.url);
  try {
    await readerOf(client, running.slot);
    const written = await writeAtRate({
      url: sourceUrl,
      statement: `insert into ${TABLE} select ${row('g')} from generate_series($1::bigint, $2::bigint) as g`,
      rowsPerSecond: rate.perSecond,
      rowsPerTransaction: rate.perTransaction,
      rows,
      connections: 4,
    });
    const late = new AbortController();
    const tooLate = sleep(60_000, undefined, late).then(() => Promise.reject(new Error('not everything has come within 60 s')));
    await Promise.race([receiver.all, running.failed, tooLate]).finally(() => late.abort());
    tooLate.catch(() => undefined);
    const arrived = await receiver.arrivals();
    const latencies = new Float64Array(rows - warmUp);
    for (let id = warmUp + 1; id <= rows; id++) latencies[id - warmUp - 1] = (arrived[id] ?? 0) - (written[id] ?? 0);
    latencies.sort();
    const took = ((written[rows] ?? 0) - (written[warmUp] ?? 0)) / 1000;
    return {
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      'p99.9': percentile(latencies, 0.999),
      written: (rows - warmUp) / took,
    };
  } finally {
    await running.end();
    await dropSlot(client, running.slot);
    await receiver.stop();
  }
}
