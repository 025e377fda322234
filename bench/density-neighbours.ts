import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@/worker/supervisor/fixture-worker';
import { DensityProbe } from './density-probe';
import { DensityWorld, table } from './density-world';
import type { BenchContext, Metric, Sample } from './harness/benchmark';
import { BenchReceiver } from './harness/receiver';

const METRICS: readonly Metric[] = [
  { name: 'p50 of the others', unit: 'ms', digits: 1 },
  { name: 'p99 of the others', unit: 'ms', digits: 1 },
  { name: 'events of the others', unit: '' },
  { name: 'seconds', unit: 's', digits: 1 },
];
/** Streams with 10 rows/s each, beside the noisy one. */
const OTHERS = 10;
const BACKLOG = 50_000;
const WATCHED_MS = 12_000;
const QUIET = 'nobody is noisy';

/** What the first stream does; the others are watched while `during` runs. */
interface Trouble {
  readonly name: string;
  readonly env?: Record<string, string>;
  readonly prepare?: (world: DensityWorld) => Promise<void>;
  readonly during: (world: DensityWorld, receiver: BenchReceiver) => Promise<void>;
}

const desire = (world: DensityWorld, desired: 'paused' | 'running') =>
  world.fixture.sql(`UPDATE stream SET desired = $1::"DesiredState" WHERE name = 'stream-0'`, [desired]);

const TROUBLES: readonly Trouble[] = [
  { name: QUIET, during: () => sleep(WATCHED_MS) },
  {
    name: 'one drains 50,000 rows',
    async prepare(world) {
      await desire(world, 'paused');
      await until(
        'the pause',
        async () => !(await world.firstIsRead()),
        async () => 'the slot is read',
      );
      for (let from = 0; from < BACKLOG; from += 1_000)
        await world.source(`INSERT INTO ${table(0)} SELECT n, repeat('x', 150) FROM generate_series(${from + 1}, ${from + 1_000}) AS n`);
    },
    async during(world, receiver) {
      await desire(world, 'running');
      await receiver.all;
    },
  },
  {
    name: 'one never lets its event loop go',
    env: { NODE_ENV: 'test', FAILPOINTS: 'after_send=loop@1', FAILPOINTS_STREAM: 'stream-0' },
    async during(world) {
      await world.source(`INSERT INTO ${table(0)} VALUES (1, 'the last that it sends')`);
      await sleep(WATCHED_MS);
    },
  },
];

/** What one stream does to ten others on the same cores. */
export async function neighbours(context: BenchContext): Promise<void> {
  const contenders = TROUBLES.map((trouble) => ({ name: trouble.name, run: () => beside(trouble, context) }));
  await context.compare({ table: 'neighbours', metrics: METRICS, peer: QUIET, contenders });
}

async function beside({ env, prepare, during }: Trouble, context: BenchContext): Promise<Sample> {
  const receiver = await BenchReceiver.start(BACKLOG);
  const probe = new DensityProbe(Array.from({ length: OTHERS }, (_, number) => table(number + 1)));
  const world = await DensityWorld.build(OTHERS + 1, { onBody: (body) => probe.arrived(body), apart: receiver.url, made: true });
  context.cleanup(() => world.remove());
  try {
    await world.startWorker(env);
    const writing = probe.write((text) => world.source(text));
    await prepare?.(world);
    await sleep(3_000);
    probe.begin();
    await during(world, receiver);
    const sample = await probe.end();
    await writing;
    return sample;
  } finally {
    await probe.end();
    await world.remove();
    await receiver.stop();
  }
}
