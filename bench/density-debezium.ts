import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@/worker/testing/postgres';
import { benchClassPath, debeziumMissing } from './debezium/class-path';
import { type EngineRun, SMALL_HEAP, startEngine } from './debezium/engine';
import { PUBLICATION } from './harness/backlog';
import type { Contender, Sample } from './harness/benchmark';
import { cpuMicros, pssBytes } from './harness/process-figures';
import { connected } from './harness/server';

const COUNT = 5;
export const ENGINES = `${COUNT} Debezium Engines`;
const SETTLE_MS = 15_000;
const IDLE_MS = 20_000;
const MB = 1024 * 1024;

/** As many engines as streams would have, a JVM each: what one takes is what a further one takes, but for the pages that they share. */
export function engineContender(say: (line: string) => void): Contender {
  return {
    name: ENGINES,
    missing: debeziumMissing(),
    async run(): Promise<Sample> {
      const classPath = benchClassPath(say);
      const server = await startPostgres();
      const engines: EngineRun[] = [];
      const client = await connected(await server.createDatabase('shop'));
      try {
        await client.query('CREATE TABLE orders (id bigint PRIMARY KEY, note text)');
        await client.query(`CREATE PUBLICATION ${PUBLICATION} FOR TABLE orders`);
        const began = performance.now();
        for (let number = 0; number < COUNT; number++) {
          await client.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [`engine_${number}`]);
          const at = { url: server.urlOf('shop'), slot: `engine_${number}`, table: 'orders' };
          engines.push(
            startEngine({ classPath, ...at, heap: SMALL_HEAP, total: Number.MAX_SAFE_INTEGER, properties: { 'bench.sink': 'count' } }),
          );
        }
        await Promise.race([allRead(async () => (await client.query(READ)).rowCount ?? 0), ...engines.map(({ done }) => done)]);
        const start = (performance.now() - began) / 1000;
        await sleep(SETTLE_MS);
        const [before, from] = [processorOf(engines), performance.now()];
        await sleep(IDLE_MS);
        const share = (processorOf(engines) - before) / 1000 / (performance.now() - from);
        const memory = engines.map(({ pid }) => pssBytes(pid)).sort((a, b) => a - b);
        return {
          'memory a stream': (memory[Math.floor(COUNT / 2)] ?? 0) / MB,
          'processor a stream': (share * 100) / COUNT,
          'cold start': start,
        };
      } finally {
        await Promise.all(engines.map((engine) => engine.stop()));
        await client.end();
        await server.stop();
      }
    },
  };
}

const READ = `SELECT 1 FROM pg_replication_slots WHERE active`;
const processorOf = (engines: readonly EngineRun[]): number => engines.reduce((sum, { pid }) => sum + cpuMicros(pid), 0);

async function allRead(reading: () => Promise<number>): Promise<void> {
  for (const late = performance.now() + 180_000; performance.now() < late; await sleep(100)) if ((await reading()) === COUNT) return;
  throw new Error(`not all of ${COUNT} engines read their slot within 180 s`);
}
