import { setTimeout as sleep } from 'node:timers/promises';
import { ENGINES, engineContender } from './density-debezium';
import { neighbours } from './density-neighbours';
import { DensityWorld } from './density-world';
import type { BenchContext, Benchmark, Contender, Floor, Metric, Sample } from './harness/benchmark';
import { pssBytes } from './harness/process-figures';

const IDLE = 'idle streams';
const MOST = '300 streams';
const ENDURANCE = 'half an hour';
const METRICS: readonly Metric[] = [
  { name: 'memory a stream', unit: 'MB PSS', digits: 1 },
  { name: 'processor a stream', unit: '% of a core', digits: 3 },
  { name: 'supervisor', unit: '% of a core', digits: 1 },
  { name: 'catalog server', unit: '% of a core', digits: 1 },
  { name: 'source server', unit: '% of a core', digits: 1 },
  { name: 'first start', unit: 's', digits: 1 },
  { name: 'cold start', unit: 's', digits: 1 },
  { name: 'processor time of it', unit: 's', digits: 1 },
  { name: 'catalog connections, start', unit: '' },
  { name: 'catalog connections, idle', unit: '' },
  { name: 'ended by themselves', unit: '' },
];
/** V8 gives memory back some time after a process stopped allocating; only then a stream is an idle one. */
const SETTLE_MS = 45_000;
const IDLE_MS = 60_000;
/** Up to so many streams the worker makes publications and slots by itself first, which is a figure, too. */
const FIRST_START = 10;
const HALF_AN_HOUR_MS = 30 * 60_000;
const MB = 1024 * 1024;

const floor = (metric: string, atMost: number, text: string): Floor => ({
  text,
  figure: { table: ENDURANCE, contender: MOST, metric },
  atMost,
});

export const benchmark: Benchmark = {
  name: 'density',
  title: 'many streams on one worker',
  floors: [
    floor('memory a stream', 20, 'an idle stream: 20 MB PSS'),
    floor('processor a stream', 0.2, 'an idle stream: 0.2 % of a core'),
    floor('cold start', 120, '300 streams, all streaming after a cold start: 120 s'),
    floor('ended by themselves', 0, '300 streams: none restarted in 30 minutes'),
  ],
  async run(context) {
    await context.compare({
      table: IDLE,
      metrics: METRICS,
      peer: ENGINES,
      contenders: [...[10, 100].map((streams) => idle(streams, IDLE_MS, context)), engineContender((line) => context.say(line))],
    });
    await context.compare({ table: ENDURANCE, metrics: METRICS, contenders: [idle(300, HALF_AN_HOUR_MS, context)], runs: 1 });
    await neighbours(context);
  },
};

/** Streams that are left alone for `idleMs` after their cold start. */
function idle(streams: number, idleMs: number, context: BenchContext): Contender {
  return {
    name: `${streams} streams`,
    async run(): Promise<Sample> {
      const world = await DensityWorld.build(streams, { made: streams > FIRST_START });
      context.cleanup(() => world.remove());
      try {
        const first = streams > FIRST_START ? null : await world.startWorker();
        if (first) await world.stopWorker();
        const before = await world.processorTime();
        const cold = await world.startWorker();
        const spent = await world.processorTime();
        const servers = spent.catalog - before.catalog + spent.source - before.source;
        await sleep(SETTLE_MS * context.scale);
        return {
          ...(await watch(world, idleMs * context.scale)),
          ...(first ? { 'first start': first.seconds } : {}),
          'cold start': cold.seconds,
          'processor time of it': (spent.pipelines + spent.supervisor + servers) / 1e6,
          'catalog connections, start': Math.max(first?.most.catalog ?? 0, cold.most.catalog),
          'ended by themselves': world.restarts(),
        };
      } finally {
        await world.remove();
      }
    },
  };
}

/** What idle streams take within `ms`. */
export async function watch(world: DensityWorld, ms: number): Promise<Sample> {
  const [before, began] = [await world.processorTime(), performance.now()];
  let connections = 0;
  while (performance.now() - began < ms) {
    connections = Math.max(connections, (await world.connections()).catalog);
    await sleep(500);
  }
  const after = await world.processorTime();
  const share = (part: keyof typeof after) => ((after[part] - before[part]) / 1000 / (performance.now() - began)) * 100;
  const memory = world
    .pipelines()
    .map(pssBytes)
    .sort((a, b) => a - b);
  return {
    'memory a stream': (memory[Math.floor(memory.length / 2)] ?? 0) / MB,
    'processor a stream': share('pipelines') / world.streams,
    supervisor: share('supervisor'),
    'catalog server': share('catalog'),
    'source server': share('source'),
    'catalog connections, idle': connections,
  };
}
