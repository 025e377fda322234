import { mkdirSync } from 'node:fs';
import { DRAIN_METRICS, isCounted, RATE, recvlogical, spillway } from './drain-contenders';
import { TABLE, WORKLOADS } from './drain-workloads';
import { Backlog } from './harness/backlog';
import type { Benchmark } from './harness/benchmark';
import { bundledPipeline } from './harness/pipeline-run';
import { recvlogicalMissing, recvlogicalVersion } from './harness/recvlogical';
import { benchCatalog, benchServer } from './harness/server';

const SPILLWAY = 'Spillway';
const PEER = 'pg_recvlogical';
const COUNTING = { type: 'Http', target: 'counting', maxBatchSize: 500 } as const;
const NOWHERE = { type: 'Http', url: 'http://127.0.0.1:1/', allowPrivateNetwork: true, timeoutMs: 30_000 } as const;

export const benchmark: Benchmark = {
  name: 'drain',
  title: 'a backlog, from the replication slot to the sink',
  floors: [
    {
      text: 'inserts to a counting sink: 1.2 × the rows/s of pg_recvlogical',
      figure: { table: 'inserts to a counting sink', contender: SPILLWAY, metric: RATE },
      to: { contender: PEER, metric: RATE },
      atLeast: 1.2,
    },
  ],
  async run(context) {
    const [server, catalogUrl, pipelineFile] = [await benchServer(context), await benchCatalog(context), await bundledPipeline('counting')];
    if (!recvlogicalMissing()) context.note(PEER, recvlogicalVersion());
    const profiles = process.env.BENCH_PROFILES;
    if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
    for (const workload of WORKLOADS) {
      const table = `${workload.name} to a counting sink`;
      if (!context.wanted(table)) continue;
      const backlog = await Backlog.write(server, { ...workload, rows: Math.ceil(workload.rows * context.scale), table: TABLE });
      context.say(`${workload.name}: ${backlog.rows} rows, ${Math.round(backlog.walBytes / backlog.rows)} B of WAL a row`);
      await context.compare({
        table,
        metrics: DRAIN_METRICS,
        peer: PEER,
        contenders: [
          recvlogical(backlog),
          spillway({
            name: SPILLWAY,
            backlog,
            catalogUrl,
            pipelineFile,
            table: TABLE,
            profiles,
            sink: { spec: COUNTING, sinkConfig: NOWHERE },
            arrived: (run) => run.heard(isCounted),
          }),
        ],
      });
      await backlog.close();
    }
  },
};
