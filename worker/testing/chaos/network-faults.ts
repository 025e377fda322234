import { setTimeout as sleep } from 'node:timers/promises';
import type { Toxic } from '../tcp-proxy';
import type { Allowance, Fault } from './fault';

type Place = 'source' | 'sink' | 'log' | 'kafka';

const network = (place: Place, toxic: Toxic, ms: number, allowance: Allowance, weight = 1): Fault => ({
  name: `${toxic.type}${'direction' in toxic && toxic.type === 'blackhole_one_way' ? ` ${toxic.direction}` : ''} to ${place}${ms > 10_000 ? `, ${ms / 1000} s` : ''}`,
  allowance,
  weight,
  held: place === 'source' && allowance === 'window',
  needsKafka: place === 'kafka',
  run: async (world) => {
    const proxy = place === 'kafka' ? world.kafka?.proxy : world.proxies[place];
    const heal = await proxy?.add(toxic);
    await sleep(ms);
    await heal?.();
    // Connections that were made meanwhile may break once more when it ends.
    return { restarts: 2 };
  },
});

/** Rows 22 to 24 and 30 of the matrix, by the proxy between the worker and everything else. */
export const NETWORK_FAULTS: readonly Fault[] = [
  network('source', { type: 'latency', latencyMs: 100, jitterMs: 50 }, 2_000, 'none'),
  network('source', { type: 'bandwidth', bytesPerSecond: 100_000, direction: 'downstream' }, 2_000, 'none'),
  network('source', { type: 'slicer', averageBytes: 16, variation: 15 }, 1_500, 'none'),
  network('source', { type: 'reset_peer', afterMs: 100 }, 1_000, 'window'),
  network('source', { type: 'blackhole_one_way', direction: 'upstream' }, 3_000, 'window'),
  network('source', { type: 'blackhole_one_way', direction: 'downstream' }, 3_000, 'window'),
  network('source', { type: 'timeout', timeoutMs: 0 }, 3_000, 'window'),
  network('source', { type: 'timeout', timeoutMs: 0 }, 20_000, 'window', 0.3),
  network('source', { type: 'limit_data', bytes: 20_000, direction: 'downstream' }, 1_500, 'window'),
  network('source', { type: 'down' }, 1_500, 'window'),
  network('sink', { type: 'latency', latencyMs: 200, jitterMs: 100 }, 2_000, 'none'),
  network('sink', { type: 'slicer', averageBytes: 200, variation: 100 }, 1_500, 'none'),
  network('sink', { type: 'reset_peer', afterMs: 30 }, 1_500, 'window'),
  network('sink', { type: 'timeout', timeoutMs: 0 }, 2_000, 'window'),
  network('sink', { type: 'blackhole_one_way', direction: 'downstream' }, 2_000, 'window'),
  network('sink', { type: 'limit_data', bytes: 3_000 }, 1_500, 'window'),
  network('sink', { type: 'slow_close', delayMs: 500 }, 1_000, 'none'),
  network('log', { type: 'reset_peer', afterMs: 50 }, 1_000, 'window'),
  network('log', { type: 'down' }, 1_500, 'window'),
  network('log', { type: 'latency', latencyMs: 100, jitterMs: 50 }, 1_500, 'none'),
  network('kafka', { type: 'latency', latencyMs: 100, jitterMs: 50 }, 2_000, 'none'),
  network('kafka', { type: 'reset_peer', afterMs: 50 }, 1_500, 'window'),
  network('kafka', { type: 'limit_data', bytes: 20_000 }, 1_500, 'window'),
  network('kafka', { type: 'blackhole_one_way', direction: 'downstream' }, 2_000, 'window'),
  network('kafka', { type: 'down' }, 2_000, 'window'),
];
