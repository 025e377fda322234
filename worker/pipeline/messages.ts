import type { LastEventDto } from '@/core/dto/stream';
import type { ErrorKind } from '@/core/error-catalogue';
import type { StreamState } from '@/core/lifecycle/stream-state';
import type { Assignment, LedgerTotals } from './assignment';

/** Supervisor → pipeline. */
export type ToPipeline =
  | { readonly type: 'assign'; readonly assignment: Assignment }
  /** Dead letters of this stream changed: look for replays. */
  | { readonly type: 'letters-changed' }
  /** People decided about rows of this stream to be read again: look. */
  | { readonly type: 'snapshot-request-changed' }
  /** The latest look at the stream's slot, bytes. */
  | { readonly type: 'wal'; readonly retainedBytes: number | null; readonly budgetBytes: number | null }
  /** Settle what is in flight, confirm, close, exit 0. */
  | { readonly type: 'stop'; readonly reason: string }
  /** Liveness: answered by `pong` from the event loop. */
  | { readonly type: 'ping'; readonly nonce: number };

/** Pipeline → supervisor. */
export type FromPipeline =
  | { readonly type: 'ready' }
  | { readonly type: 'pong'; readonly nonce: number }
  | {
      readonly type: 'state';
      readonly state: StreamState;
      readonly reason: string;
      readonly errorKind?: ErrorKind;
      readonly detail?: Record<string, unknown>;
    }
  /** The slot was created or adopted; kept in the catalog's Provision. */
  | { readonly type: 'slot'; readonly systemIdentifier: string; readonly consistentPoint: string; readonly created: boolean }
  /** The catalog does not answer: flushes up to here may be sent all the same. Whoever starts the next pipeline has to know it. */
  | { readonly type: 'promise'; readonly lsn: string }
  /** The last message of a clean stop. `known`: nothing beyond the confirmed LSN of the latest stats was flushed or will be. */
  | { readonly type: 'settled'; readonly known: boolean }
  /** Something about the source that people should read; a timeline entry that leaves the state as it is. */
  | { readonly type: 'notice'; readonly reason: string; readonly detail?: Record<string, unknown> }
  | { readonly type: 'snapshot'; readonly state: 'running' | 'done'; readonly rows: number; readonly total: number | null }
  | { readonly type: 'stats'; readonly stats: PipelineStats }
  /** The last message before the process exits on an error. */
  | { readonly type: 'fault'; readonly errorKind: ErrorKind; readonly message: string; readonly detail?: Record<string, unknown> };

/** Sent every second, every 4 s while nothing changes. LSNs as text. */
export interface PipelineStats {
  readonly at: number;
  readonly confirmedLsn: string;
  readonly receivedLsn: string;
  /** Commit → delivered of the latest event, ms; while something is in flight, at least its age. */
  readonly lagMs: number | null;
  readonly inFlightEvents: number;
  readonly inFlightBytes: number;
  readonly rssBytes: number;
  readonly totals: LedgerTotals;
  readonly snapshotRows: number;
  readonly snapshotTotal: number | null;
  /** Of the reading under way, smoothed; 0 when none is. */
  readonly snapshotPerSec: number;
  /** What that reading waits for, as a sentence; null when it goes on. */
  readonly snapshotWaitsFor: string | null;
  /** The durable buffer: bytes as stored, commit time of its oldest change (ms), events per second in and out. Its events are in the totals. */
  readonly spill: { readonly bytes: number; readonly oldestAt: number | null; readonly inPerSec: number; readonly outPerSec: number };
  /** New since the last report, newest first, at most 20. */
  readonly lastEvents: readonly LastEventDto[];
}
