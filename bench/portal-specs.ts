import { createHash } from 'node:crypto';
import type { StreamState } from '@/core/lifecycle/stream-state';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';

export const TEAMS = 12;
export const SOURCES = 20;
export const TARGETS = 30;

const SUBJECTS = ['orders', 'payments', 'customers', 'shipments', 'invoices', 'articles', 'prices', 'returns', 'sessions', 'stock'];
const USES = ['search', 'billing', 'audit', 'mail', 'warehouse', 'fraud', 'reports', 'partner'];

/** In every hundred streams: most run, some of each trouble. */
const STATES: readonly [StreamState, number][] = [
  ['streaming', 82],
  ['retrying', 4],
  ['paused', 4],
  ['retired', 3],
  ['requested', 2],
  ['slot_lost', 1],
  ['failed', 1],
  ['spilling', 1],
  ['snapshotting', 1],
  ['rejected', 1],
];

export interface SeededStream {
  readonly id: string;
  readonly revisionIds: readonly [string, string];
  readonly name: string;
  readonly team: number;
  readonly source: number;
  readonly state: StreamState;
  readonly desired: 'none' | 'running' | 'paused' | 'retired';
  readonly spec: StreamSpec;
  /** A slot stands on its source. */
  readonly provisioned: boolean;
}

/** A UUID that is the same in every run. */
export function uuidOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export function streamsOf(count: number): SeededStream[] {
  return Array.from({ length: count }, (_, at) => {
    const [subject, use] = [SUBJECTS[at % SUBJECTS.length], USES[Math.floor(at / SUBJECTS.length) % USES.length]];
    const name = `${subject}-for-${use}-${String(at).padStart(4, '0')}`;
    const state = stateOf((at * 37) % 100);
    const source = at % SOURCES;
    const desired =
      state === 'paused' || state === 'retired'
        ? state
        : state === 'requested' || state === 'rejected'
          ? ('none' as const)
          : ('running' as const);
    return {
      id: uuidOf(`stream ${at}`),
      revisionIds: [uuidOf(`revision ${at}/1`), uuidOf(`revision ${at}/2`)],
      name,
      team: (at * 7) % TEAMS,
      source,
      state,
      desired,
      spec: specOf(name, at, source, subject ?? 'orders'),
      provisioned: !['requested', 'rejected', 'retired'].includes(state),
    };
  });
}

function stateOf(percent: number): StreamState {
  let below = 0;
  for (const [state, share] of STATES) {
    below += share;
    if (percent < below) return state;
  }
  return 'streaming';
}

function specOf(applicationId: string, at: number, source: number, table: string): StreamSpec {
  const sinks = [
    { type: 'Http', target: `target-${String((at % 10) * 3).padStart(2, '0')}` },
    { type: 'EventLog', target: `target-${String((at % 10) * 3 + 1).padStart(2, '0')}` },
    { type: 'Kafka', target: `target-${String((at % 10) * 3 + 2).padStart(2, '0')}`, topic: applicationId },
  ];
  return streamSpec.parse({
    applicationId,
    source: {
      type: 'PostgresLogicalReplication',
      database: `source-${String(source).padStart(2, '0')}`,
      table: { name: `${table}_${at}` },
      snapshot: 'initial',
    },
    filter: at % 5 === 0 ? { cel: "after.status != before.status && after.country in ['DE', 'AT', 'CH']" } : undefined,
    flow: { type: 'DebeziumEnvelope', decimalHandlingMode: 'string' },
    sink: sinks[at % 3],
    recovery: { type: 'DeadLetter', keyOrder: 'park', maxAttempts: 3 },
  });
}
