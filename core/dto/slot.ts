import type { FailoverVerdict } from '../postgres/failover-readiness';
import type { MotionVerdict } from '../postgres/slot-health';
import type { StreamSpec } from '../spec/stream-spec';
import type { SourceObservationDto } from './connection';
import type { Dossier } from './inspection';

/** Why a slot holds WAL: the worker, the sink, an open transaction, decoding, or nothing. */
export interface SlotVerdictDto {
  readonly verdict: MotionVerdict;
  /** One sentence, with figures. */
  readonly sentence: string;
}

/** Whether a slot outlives its server, as read on the standbys. */
export type FailoverVerdictDto = FailoverVerdict;

/** One slot of one server, ours or foreign. */
export interface SlotDto {
  readonly slotName: string;
  readonly slotType: string;
  readonly plugin: string | null;
  readonly database: string | null;
  readonly temporary: boolean;
  readonly active: boolean;
  readonly activePid: number | null;
  readonly applicationName: string | null;
  readonly clientAddress: string | null;
  readonly username: string | null;
  readonly restartLsn: string | null;
  readonly confirmedFlushLsn: string | null;
  readonly walStatus: string | null;
  readonly safeWalSize: number | null;
  readonly retainedBytes: number | null;
  readonly lagBytes: number | null;
  readonly inactiveSince: string | null;
  readonly invalidationReason: string | null;
  readonly failover: boolean;
  /** Ours when set; `orphan` when the name is ours but no stream claims it. */
  readonly stream: { readonly id: string; readonly name: string; readonly walBudgetBytes: number | null } | null;
  readonly orphan: boolean;
  readonly verdict: SlotVerdictDto | null;
  /** Null for slots of others, and while nobody looks. */
  readonly failoverVerdict: FailoverVerdictDto | null;
  readonly observedAt: string;
}

export interface SourceSlotsDto {
  readonly sourceId: string;
  readonly sourceName: string;
  readonly slotLimit: number;
  readonly observation: SourceObservationDto | null;
  readonly slots: readonly SlotDto[];
}

/** A request waiting for, or past, an admin's decision. */
export interface SlotRequestDto {
  readonly id: string;
  readonly status: 'pending' | 'approved' | 'rejected' | 'voided' | 'withdrawn';
  readonly stream: { readonly id: string; readonly name: string; readonly teamName: string };
  readonly revisionNumber: number;
  readonly spec: StreamSpec;
  readonly reason: string;
  readonly dossier: Dossier | null;
  readonly requestedById: string | null;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionReason: string | null;
  readonly walBudgetBytes: number | null;
}
