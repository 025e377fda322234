import type { Gauge } from '@/worker/telemetry/metrics';
import type { Supervisor } from './supervisor';

type SlotBytesOf = (streamId: string) => { readonly retainedBytes: number | null; readonly lagBytes: number | null } | null;

/** A few figures of each stream of this worker, for Prometheus. */
export function streamGauges(supervisor: Supervisor, slotBytes: SlotBytesOf): readonly Gauge[] {
  const streams = supervisor.owned().map((stream) => ({
    labels: { stream: stream.name },
    up: supervisor.pipelines.get(stream.id) ? 1 : 0,
    lagMs: supervisor.figures.current(stream.id).lagMs,
    slot: slotBytes(stream.id),
    totals: supervisor.figures.totals(stream.id),
  }));
  type Row = (typeof streams)[number];
  const gauge = (name: string, help: string, type: Gauge['type'], value: (row: Row) => number | null): Gauge => ({
    name,
    help,
    type,
    values: streams.map((row) => ({ labels: row.labels, value: value(row) })),
  });
  return [
    gauge('spillway_stream_up', 'Whether a pipeline runs the stream.', 'gauge', (row) => row.up),
    gauge('spillway_stream_lag_seconds', 'Commit to delivered.', 'gauge', (row) => (row.lagMs === null ? null : row.lagMs / 1000)),
    gauge('spillway_stream_lag_bytes', 'WAL not confirmed yet.', 'gauge', (row) => row.slot?.lagBytes ?? null),
    gauge('spillway_stream_retained_bytes', 'WAL that the slot makes the server keep.', 'gauge', (row) => row.slot?.retainedBytes ?? null),
    gauge('spillway_stream_delivered_total', 'Changes delivered.', 'counter', (row) => row.totals?.delivered ?? null),
    gauge('spillway_stream_dead_lettered_total', 'Changes that became dead letters.', 'counter', (row) => row.totals?.deadLettered ?? null),
  ];
}
