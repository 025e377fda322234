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

/** What a server says of a slot, ours or foreign, logical or physical. LSNs as text, bytes, ISO times. */
export interface ServerSlot {
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
  /** Server's present LSN − restart_lsn; null when it is lost (it may still show a restart_lsn, for which nothing is kept) or reserves nothing. */
  readonly retainedBytes: number | null;
  /** Server's present LSN − confirmed_flush_lsn. */
  readonly lagBytes: number | null;
  /** Postgres 17 and later. */
  readonly inactiveSince: string | null;
  readonly invalidationReason: string | null;
  readonly failover: boolean;
}

/** The same with what is known of it here. */
export interface SlotDto extends ServerSlot {
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
  /** Those that are shown, the most urgent first. */
  readonly slots: readonly SlotDto[];
  /** Slots here that match, shown or not. */
  readonly matching: number;
  /** Slots of streams on this server, whether they match or not. */
  readonly ours: number;
}

/** What is asked for of the slots. */
export interface SlotQuery {
  /** Words that are in the slot's name, its stream's or its source's; '' = every slot. */
  readonly text: string;
  /** Only slots that somebody has to look at. */
  readonly needsLook: boolean;
  /** Id of the one source whose slots are listed in full; null = the most urgent ones of each. */
  readonly sourceId: string | null;
  /** From 1: of sources, or of the one source's slots. */
  readonly page: number;
}

export interface SlotsPageDto {
  readonly sources: readonly SourceSlotsDto[];
  /** Slots of all sources that this person sees and that somebody has to look at. */
  readonly needLook: number;
  /** Sources there are. */
  readonly allSources: number;
  readonly page: number;
  readonly pages: number;
  readonly pageSize: number;
  /** What is paged through: sources, or the one source's slots. */
  readonly matching: number;
}

/** A request in a list. */
export interface SlotRequestRowDto extends Omit<SlotRequestDto, 'spec' | 'dossier' | 'reason' | 'decisionReason'> {
  readonly sourceName: string;
  readonly table: string;
}

export interface RequestPageDto {
  readonly requests: readonly SlotRequestRowDto[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly pageSize: number;
  readonly matching: number;
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
