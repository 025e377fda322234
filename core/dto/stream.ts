import type { ErrorKind } from '../error-catalogue';
import type { FieldProblem } from '../errors';
import type { StreamGlance } from '../lifecycle/stream-glance';
import type { DesiredState, StreamState } from '../lifecycle/stream-state';
import type { SnapshotMove, SnapshotStatus } from '../policy/snapshot-moves';
import type { StreamSpec } from '../spec/stream-spec';
import type { LetterCopiesDto } from './dead-letter';
import type { FailoverVerdictDto, SlotVerdictDto } from './slot';

/** One row of the streams page. */
export interface StreamRowDto {
  readonly id: string;
  readonly name: string;
  readonly team: { readonly id: string; readonly slug: string; readonly name: string };
  readonly state: StreamState;
  readonly stateSince: string;
  readonly stateReason: string | null;
  readonly desired: DesiredState;
  /** `public.orders` of source `shop` → `Http` receiver. */
  readonly sourceName: string;
  readonly table: string;
  readonly sinkType: string;
  readonly sinkTarget: string;
  readonly figures: RowFiguresDto | null;
  readonly openLetters: number;
  readonly parkedLetters: number;
  readonly walBudgetBytes: number | null;
  /** Why it lags or retains WAL, as one sentence; null without a slot. */
  readonly verdict: SlotVerdictDto | null;
  /** Delivered events/s of the last 15 minutes, oldest first; null where nothing was sampled. */
  readonly sparkline: readonly (number | null)[];
}

/** A page of the streams that match, and what is said of all that this person may read. */
export interface StreamPageDto {
  readonly streams: readonly StreamRowDto[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly pageSize: number;
  readonly matching: number;
  readonly total: number;
  /** Teams of all streams, by name. */
  readonly teams: readonly { readonly id: string; readonly name: string }[];
  readonly glance: StreamGlance;
}

/** What a list shows of the figures: a page of them is sent every 2 s. */
export type RowFiguresDto = Pick<StreamFiguresDto, 'lagMs' | 'lagBytes' | 'retainedBytes' | 'deliveredPerSec' | 'stale'>;

/** Live figures of a pipeline; `stale` when the worker has not reported for 15 s. */
export interface StreamFiguresDto {
  readonly reportedAt: string;
  readonly stale: boolean;
  readonly pid: number | null;
  readonly epoch: number | null;
  readonly startedAt: string | null;
  readonly confirmedLsn: string | null;
  readonly receivedLsn: string | null;
  readonly lagMs: number | null;
  readonly lagBytes: number | null;
  readonly retainedBytes: number | null;
  readonly inFlightEvents: number;
  readonly inFlightBytes: number;
  readonly rssBytes: number | null;
  readonly decodedPerSec: number;
  readonly deliveredPerSec: number;
  readonly decoded: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly deadLettered: number;
  readonly parked: number;
  readonly ignored: number;
  /** Changes in the durable buffer now. */
  readonly spilled: number;
  readonly spilledBytes: number;
  /** Commit time of the oldest change there. */
  readonly spilledOldestAt: string | null;
  readonly spilledInPerSec: number;
  readonly spilledOutPerSec: number;
  readonly snapshotDone: number;
  readonly snapshotTotal: number | null;
}

/** Existing rows that are read: those of the initial snapshot, or again because somebody asked. */
export interface SnapshotDto {
  readonly kind: 'initial' | 'again';
  readonly status: SnapshotStatus;
  /** Which rows, in the words of a sentence. */
  readonly scope: string;
  /** Settled. */
  readonly rows: number;
  /** By the planner's statistics; null = not known. */
  readonly total: number | null;
  /** Rows per second; 0 while it waits. */
  readonly perSec: number;
  readonly etaSeconds: number | null;
  /** As a sentence; null when it goes on or is over. */
  readonly waitsFor: string | null;
  readonly requestedBy: string | null;
  readonly reason: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why it failed. */
  readonly note: string | null;
}

/** An event that was delivered, as the stream page shows it. */
export interface LastEventDto {
  readonly eventId: string;
  readonly op: string;
  readonly key: string | null;
  readonly committedAt: string | null;
  readonly deliveredAt: string;
  readonly bytes: number;
  /** Cut at 4 KiB. */
  readonly payload: string;
}

export interface RevisionDto {
  readonly id: string;
  readonly number: number;
  /** Its spec as YAML. */
  readonly yaml: string;
  readonly sourceHash: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly note: string | null;
  readonly current: boolean;
}

export interface TimelineEntryDto {
  readonly id: string;
  readonly at: string;
  readonly fromState: StreamState | null;
  readonly toState: StreamState;
  readonly reason: string;
  readonly actor: string;
  readonly errorKind: ErrorKind | null;
}

export interface ProvisionDto {
  readonly slotName: string;
  readonly publicationName: string;
  readonly status: string;
  readonly walBudgetBytes: number;
  readonly consistentPoint: string | null;
  readonly snapshotState: string;
  readonly createdAt: string;
  readonly droppedAt: string | null;
  /** What the server's own catalog said after the drop. */
  readonly dropProof: DropProof | null;
  /** No flush beyond this position was ever sent, and when that was last recorded. */
  readonly promisedLsn: string | null;
  readonly promisedAt: string | null;
}

/** Read from pg_replication_slots, pg_publication and pg_stat_replication of the server after a drop. */
export interface DropProof {
  readonly checkedAt: string;
  readonly slots: number;
  readonly publications: number;
  readonly walsenders: number;
}

/** The stream page. */
export interface StreamDetailDto extends StreamRowDto {
  readonly figures: StreamFiguresDto | null;
  readonly spec: StreamSpec;
  readonly errorKind: ErrorKind | null;
  readonly stateDetail: Record<string, unknown> | null;
  readonly createdAt: string;
  readonly revisions: readonly RevisionDto[];
  readonly timeline: readonly TimelineEntryDto[];
  readonly lastEvents: readonly LastEventDto[];
  readonly provision: ProvisionDto | null;
  /** Null when no rows are read, nor were within the last day. */
  readonly snapshot: SnapshotDto | null;
  /** What this person may do about rows to be read again. */
  readonly snapshotMay: Readonly<Record<SnapshotMove, boolean>>;
  readonly pendingRequest: SlotRequestSummaryDto | null;
  /** The latest decided request, for the reason of a rejection. */
  readonly lastDecision: SlotRequestSummaryDto | null;
  /** Which verbs this person may call here. */
  readonly may: {
    readonly pause: boolean;
    readonly resume: boolean;
    readonly revise: boolean;
    readonly retire: boolean;
    readonly restart: boolean;
    /** Begin anew with a new slot, after the old one or its place is gone. */
    readonly recover: boolean;
    readonly reviewLetters: boolean;
    /** Change how much WAL the slot may retain. */
    readonly setBudget: boolean;
  };
  /** Whether the slot outlives its server; null without a slot, and while nobody looks. */
  /** Copies of its dead letters for a sink beside the catalog; null when recovery names none. */
  readonly letterCopies: LetterCopiesDto | null;
  readonly failover: FailoverVerdictDto | null;
  /** The server's cap on WAL kept for slots; null = unlimited or unknown. */
  readonly serverCapBytes: number | null;
  readonly walBytesPerSec: number | null;
}

export interface SlotRequestSummaryDto {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionReason: string | null;
}

/** Chart points, oldest first. Columns instead of rows: that is what uplot draws. */
export interface StreamSeriesDto {
  readonly range: SeriesRange;
  /** Unix seconds. */
  readonly at: readonly number[];
  readonly lagMs: readonly (number | null)[];
  readonly lagBytes: readonly (number | null)[];
  readonly retainedBytes: readonly (number | null)[];
  readonly deliveredPerSec: readonly (number | null)[];
  readonly openLetters: readonly (number | null)[];
  readonly marks: readonly { readonly at: number; readonly toState: StreamState; readonly reason: string }[];
}
export const SERIES_RANGES = ['15m', '6h', '7d'] as const;
export type SeriesRange = (typeof SERIES_RANGES)[number];

export interface DraftDto {
  readonly id: string;
  readonly teamId: string;
  readonly streamId: string | null;
  readonly body: unknown;
  readonly step: string;
  /** Of an imported draft: what its manifest says and Spillway does not do. */
  readonly kept: readonly FieldProblem[];
  readonly updatedAt: string;
}
