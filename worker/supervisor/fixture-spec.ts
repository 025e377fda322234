import type { SnapshotMode } from '@/core/spec/source';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';

/** A whole spec for tests: a table into an event log, retried for ever. */
export function specFor(name: string, source: string, table: string, target: string, snapshot: SnapshotMode = 'initial'): StreamSpec {
  return streamSpec.parse({
    applicationId: name,
    source: { type: 'PostgresLogicalReplication', database: source, table: { name: table }, snapshot },
    flow: { type: 'DebeziumEnvelope' },
    sink: { type: 'EventLog', target },
    recovery: { type: 'None' },
  });
}
