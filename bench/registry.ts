import type { Benchmark } from './harness/benchmark';

/** Name → its module, loaded when it is run. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<{ benchmark: Benchmark }>>> = {
  drain: () => import('./drain'),
  latency: () => import('./latency'),
  'event-log': () => import('./event-log'),
  density: () => import('./density'),
  snapshot: () => import('./snapshot'),
  portal: () => import('./portal'),
  script: () => import('./script'),
};
