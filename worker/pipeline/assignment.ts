import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { SourceHost, TlsMode } from '@/core/spec/source-database';
import type { StreamSpec } from '@/core/spec/stream-spec';
import type { ConversionTarget } from '@/worker/flow/conversion';
import type { SpillLimits } from './spill-room';

/** How to reach a source server, secret opened. Lives in memory and on the pipeline's stdin only; never logged. */
export interface SourceConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly tlsMode: TlsMode;
  readonly caCertificate?: string;
  /** Further hosts: whichever of all takes writes is read. */
  readonly standbys?: readonly SourceHost[];
  /** Where Patroni runs the servers: slots are made and dropped through it. */
  readonly patroniUrl?: string;
}

/** A registered sink target with its secret opened. */
export type LetterSink = { readonly config: SinkTargetConfig; readonly secret: string | null } | { readonly problem: string };

/** All that a pipeline process gets to know; handed over as one IPC message when it starts. */
export interface Assignment {
  readonly streamId: string;
  readonly streamName: string;
  readonly revisionId: string;
  readonly revisionNumber: number;
  readonly spec: StreamSpec;
  readonly workerId: string;
  readonly epoch: number;
  readonly source: SourceConnection;
  readonly sinkConfig: SinkTargetConfig;
  readonly sinkSecret: string | null;
  /** Where copies of dead letters go, or why that is not known: it never keeps a stream from running. Absent = there are none. */
  readonly letterSink?: LetterSink | null;
  /** The targets that conversions use, by name. Absent = none does. */
  readonly conversionTargets?: Readonly<Record<string, ConversionTarget>>;
  readonly catalogUrl: string;
  readonly slotName: string;
  readonly publicationName: string;
  /** As recorded at creation; null before the slot exists. */
  readonly systemIdentifier: string | null;
  readonly consistentPoint: string | null;
  /** Epoch of the pipeline that made the slot; null when it was never recorded. */
  readonly slotEpoch?: number | null;
  /** WAL timeline on which the stream was last seen; null when it was never recorded. */
  readonly timeline?: number | null;
  readonly snapshotState: 'none' | 'pending' | 'running' | 'done';
  readonly promisedLsn: string | null;
  /** What the slot may make the source retain, bytes; null when nobody said. */
  readonly walBudgetBytes?: number | null;
  /** Of the durable buffers of all streams; absent = the defaults. */
  readonly spillLimits?: SpillLimits;
  /** Totals of earlier runs, so that totals never fall. */
  readonly totals: LedgerTotals;
  readonly limits: PipelineLimits;
}

/** The ledger: decoded = delivered + filtered + deadLettered + parked + ignored + spilled + in flight. Counted in changes, not messages. */
export interface LedgerTotals {
  readonly decoded: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly deadLettered: number;
  readonly parked: number;
  readonly ignored: number;
  /** In the durable buffer now: falls as it drains. */
  readonly spilled: number;
}

export interface PipelineLimits {
  /** The socket is paused above these; a transaction of any size fits. */
  readonly maxInFlightEvents: number;
  readonly maxInFlightBytes: number;
  /** How long a batch may wait for company. */
  readonly lingerMs: number;
  /** A snapshot in one pass gives way to chunks after this time, ms. Absent = 6 h. */
  readonly longestPassMs?: number;
}

export const DEFAULT_LIMITS: PipelineLimits = { maxInFlightEvents: 2_000, maxInFlightBytes: 16 * 1024 * 1024, lingerMs: 2 };
