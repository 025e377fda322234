import type { KafkaRoutes } from '@/core/dto/kafka-routes';
import { messageOf, SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { OutboundEvent } from '@/worker/flow/flow';
import { positiveHash } from './murmur2';
import { type Route, routeOf } from './routing';

/** Of a topic whose number of partitions the spec does not ask for. */
const ASSUMED_PARTITIONS = 6;
const TOPICS_SHOWN = 20;

/**
 * Routes events as the sink would, and counts. `failures`: why other rows made no event. Records without key go round robin and fill no
 * partition more than another.
 */
export function summarizeRoutes(
  spec: KafkaSinkSpec,
  application: string,
  events: readonly OutboundEvent[],
  failures: readonly string[] = [],
): KafkaRoutes {
  const partitions = spec.partitions ?? ASSUMED_PARTITIONS;
  const topics = new Map<string, number>();
  const keys = new Map<string, number>();
  const filled = new Map<number, number>();
  let problem: string | null = failures[0] ?? null;
  let refused = failures.length;
  for (const event of events) {
    let route: Route;
    try {
      route = routeOf(spec, application, event);
    } catch (thrown) {
      refused++;
      problem ??= thrown instanceof SpillwayError ? `${thrown.message}. ${thrown.detail.remedy ?? ''}`.trim() : messageOf(thrown);
      continue;
    }
    count(topics, route.topic);
    if (route.key === null) continue;
    count(keys, route.key);
    count(filled, route.choose?.(partitions) ?? positiveHash(route.key) % partitions);
  }
  const keyed = [...keys.values()].reduce((sum, rows) => sum + rows, 0);
  const named = byCount(topics);
  const [hottest] = byCount(keys);
  return {
    rows: events.length + failures.length,
    topics: named.slice(0, TOPICS_SHOWN).map(([name, rows]) => ({ name, rows })),
    moreTopics: Math.max(0, named.length - TOPICS_SHOWN),
    keys: keys.size,
    hottestKey: hottest ? { key: hottest[0], share: hottest[1] / keyed } : null,
    partitions,
    partitionsAssumed: spec.partitions === undefined,
    hottestPartition: keyed === 0 ? 1 / partitions : Math.max(...filled.values()) / keyed,
    refused,
    problem,
  };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function byCount<K>(counts: Map<K, number>): [K, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}
