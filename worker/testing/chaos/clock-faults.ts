import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, LONG_MS, within } from './fault';
import type { ChaosWorld } from './world';

const HOUR_MS = 3_600_000;
const all = (world: ChaosWorld) => within('every stream to run', LONG_MS, () => world.pipelines().length === world.streams.length);

/** Row 42 of the matrix: order comes from the source, leases from the catalog's clock; what a worker thinks the time is decides nothing. */
const skewed = (name: string, ms: number): Fault => ({
  name,
  allowance: 'none',
  weight: 0.5,
  run: async (world) => {
    await world.endWorker('SIGTERM');
    world.startWorker({}, ms);
    await all(world);
    const first = world.worker;
    // Another worker, whose clock is right: it must not find a lease that expired, nor one that never will.
    world.startWorker({ SPILLWAY_WORKER_ID: 'chaos-2' });
    await sleep(3_000);
    const doubled = world.pipelines().length;
    await world.endWorker('SIGTERM', first);
    await all(world);
    await world.endWorker('SIGTERM');
    world.startWorker();
    return { problems: doubled > 0 ? [`I10: ${doubled} streams ran under two workers`] : [] };
  },
});

export const CLOCK_FAULTS: readonly Fault[] = [
  skewed("the worker's clock is an hour ahead", HOUR_MS),
  skewed("the worker's clock is an hour behind", -HOUR_MS),
];
