import type { Benchmark } from './harness/benchmark';

export const benchmark: Benchmark = {
  name: 'drain',
  title: 'a backlog, from the replication slot to the sink',
  floors: [],
  async run() {},
};
