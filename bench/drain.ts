import { mkdirSync } from 'node:fs';
import { benchClassPath, debeziumMissing } from './debezium/class-path';
import { CONNECT_HEAP, SMALL_HEAP, TUNED } from './debezium/engine';
import { CLIENT_CPU, DRAIN_METRICS, PEAK_RSS, RATE, WALSENDER_CPU } from './drain-figures';
import { debezium, plainLibrary, recvlogical } from './drain-peers';
import { COUNTING_TARGET, type DrainTarget, eventLogTarget, HTTP_TARGET, kafkaTarget } from './drain-sinks';
import { spillway } from './drain-spillway';
import { TABLE, WORKLOADS } from './drain-workloads';
import { Backlog } from './harness/backlog';
import type { Benchmark, Contender, Floor } from './harness/benchmark';
import { bundledPipeline, bundledPlainLibrary } from './harness/pipeline-run';
import { recvlogicalMissing, recvlogicalVersion } from './harness/recvlogical';
import { benchCatalog, benchServer } from './harness/server';

const SPILLWAY = 'Spillway';
const REFERENCE = 'pg_recvlogical';
const DEBEZIUM = 'Debezium Engine';
const COUNTED = 'inserts to a counting sink';

const rateOver = (text: string, table: string, peer: string, atLeast: number): Floor => ({
  text,
  figure: { table, contender: SPILLWAY, metric: RATE },
  to: { contender: peer, metric: RATE },
  atLeast,
});

export const benchmark: Benchmark = {
  name: 'drain',
  title: 'a backlog, from the replication slot to the sink',
  floors: [
    rateOver(`${COUNTED}: 1.2 × the rows/s of pg_recvlogical`, COUNTED, REFERENCE, 1.2),
    rateOver(`${COUNTED}: 5 × the rows/s of Debezium Engine`, COUNTED, DEBEZIUM, 5),
    {
      text: `${COUNTED}: a tenth of the peak RSS of Debezium Engine`,
      figure: { table: COUNTED, contender: SPILLWAY, metric: PEAK_RSS },
      to: { contender: DEBEZIUM, metric: PEAK_RSS },
      atMost: 0.1,
    },
    {
      text: `${COUNTED}: processor time of the pipeline at most the walsender’s`,
      figure: { table: COUNTED, contender: SPILLWAY, metric: CLIENT_CPU },
      to: { contender: SPILLWAY, metric: WALSENDER_CPU },
      atMost: 1,
    },
    rateOver('inserts to Kafka: 3 × the rows/s of Debezium Engine', 'inserts to Kafka', DEBEZIUM, 3),
  ],
  async run(context) {
    const [server, catalogUrl] = [await benchServer(context), await benchCatalog(context)];
    const files = { counting: await bundledPipeline('counting'), product: await bundledPipeline('product') };
    const plainFile = await bundledPlainLibrary();
    const classPath = debeziumMissing() ? null : benchClassPath((line) => context.say(line));
    if (!recvlogicalMissing()) context.note(REFERENCE, recvlogicalVersion());
    const profiles = process.env.BENCH_PROFILES;
    if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
    const targets: [name: string, make: () => Promise<DrainTarget>][] = [
      [COUNTING_TARGET.name, async () => COUNTING_TARGET],
      [HTTP_TARGET.name, async () => HTTP_TARGET],
      ['Kafka', once(() => kafkaTarget(context))],
      ['the event log', once(() => eventLogTarget(context, catalogUrl))],
    ];
    for (const workload of WORKLOADS) {
      const wanted = targets.filter(([to]) => context.wanted(`${workload.name} to ${to}`));
      if (wanted.length === 0) continue;
      const backlog = await Backlog.write(server, { ...workload, rows: Math.ceil(workload.rows * context.scale), table: TABLE });
      context.say(`${workload.name}: ${backlog.rows} rows, ${Math.round(backlog.walBytes / backlog.rows)} B of WAL a row`);
      for (const [to, make] of wanted) {
        const target = await make();
        const counting = target === COUNTING_TARGET;
        const pipelineFile = counting ? files.counting : files.product;
        const sink = () => target.spillway(backlog.rows);
        const engine = (name: string, heap: readonly string[], settings: Readonly<Record<string, string>>): Contender[] => {
          const { debezium: make } = target;
          if (!make) return [];
          const made = async () => {
            const its = await make(backlog.rows);
            return { ...its, properties: { ...settings, ...its.properties } };
          };
          return [debezium({ name, backlog, table: TABLE, classPath, heap, sink: made })];
        };
        await context.compare({
          table: `${workload.name} to ${to}`,
          metrics: DRAIN_METRICS,
          peer: REFERENCE,
          contenders: [
            recvlogical(backlog),
            spillway({ name: SPILLWAY, backlog, catalogUrl, pipelineFile, table: TABLE, profiles, sink }),
            ...engine(DEBEZIUM, CONNECT_HEAP, TUNED),
            // How each of them is set up makes the same difference everywhere: it is measured once.
            ...(counting && workload.name === 'inserts'
              ? [
                  ...engine(`${DEBEZIUM}, small heap`, SMALL_HEAP, TUNED),
                  ...engine(`${DEBEZIUM}, defaults`, CONNECT_HEAP, {}),
                  plainLibrary(backlog, plainFile, 'default'),
                ]
              : []),
            ...(counting ? [plainLibrary(backlog, plainFile, 'tuned')] : []),
          ],
        });
      }
      await backlog.close();
    }
  },
};

/** Made when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
