import type { DropProof, ProvisionDto, RevisionDto, SlotRequestSummaryDto, TimelineEntryDto } from '@/core/dto/stream';
import type { ErrorKind } from '@/core/error-catalogue';
import type { StreamState } from '@/core/lifecycle/stream-state';
import { printStreamYaml } from '@/core/spec/stream-yaml';
import type { SnapshotFacts } from './snapshots';
import { toIso, toNumber, toSpec } from './values';

interface RevisionRow {
  readonly id: string;
  readonly number: number;
  readonly spec: unknown;
  readonly sourceHash: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly note: string | null;
}
interface EventRow {
  readonly id: bigint;
  readonly at: Date;
  readonly fromState: string | null;
  readonly toState: string;
  readonly reason: string;
  readonly actor: string;
  readonly errorKind: string | null;
}
interface ProvisionRow {
  readonly slotName: string;
  readonly publicationName: string;
  readonly status: string;
  readonly walBudgetBytes: bigint;
  readonly consistentPoint: string | null;
  readonly snapshotState: string;
  readonly createdAt: Date;
  readonly droppedAt: Date | null;
  readonly dropProof: unknown;
  readonly promisedLsn: string | null;
  readonly promisedAt: Date | null;
}
interface RequestRow {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
}

/** What happened to a stream so far, newest first. */
export interface StreamHistory {
  readonly errorKind: string | null;
  readonly stateDetail: unknown;
  readonly createdAt: Date;
  readonly currentRevisionId: string | null;
  readonly status: (NonNullable<SnapshotFacts['status']> & { readonly lastEvents: unknown }) | null;
  readonly revisions: readonly RevisionRow[];
  readonly events: readonly EventRow[];
  readonly provision: ProvisionRow | null;
  readonly requests: readonly RequestRow[];
}

export function toRevision(row: RevisionRow, currentId: string | null): RevisionDto {
  const { spec, ...rest } = row;
  return { ...rest, yaml: printStreamYaml(toSpec(spec)), createdAt: toIso(row.createdAt), current: row.id === currentId };
}

export function toTimeline(row: EventRow): TimelineEntryDto {
  return {
    ...row,
    id: row.id.toString(),
    at: toIso(row.at),
    fromState: row.fromState as StreamState | null,
    toState: row.toState as StreamState,
    errorKind: row.errorKind as ErrorKind | null,
  };
}

export function toProvision(row: ProvisionRow): ProvisionDto {
  return {
    ...row,
    walBudgetBytes: toNumber(row.walBudgetBytes),
    createdAt: toIso(row.createdAt),
    droppedAt: toIso(row.droppedAt),
    dropProof: row.dropProof as DropProof | null,
    promisedAt: toIso(row.promisedAt),
  };
}

export function toRequestSummary(row: RequestRow): SlotRequestSummaryDto {
  return { ...row, requestedAt: toIso(row.requestedAt), decidedAt: toIso(row.decidedAt) };
}
