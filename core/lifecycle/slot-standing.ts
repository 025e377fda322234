import type { SlotDto } from '../dto/slot';
import type { Tone } from './stream-state';

export interface SlotVerdict {
  readonly word: string;
  readonly tone: Tone;
  /** One sentence: what it means for the server. */
  readonly sentence: string;
  /** 0 = most urgent. */
  readonly rank: number;
}

/** `invalidation_reason` of Postgres 17 and later (Postgres docs, pg_replication_slots). */
const INVALIDATION: Readonly<Record<string, string>> = {
  wal_removed: 'It passed max_slot_wal_keep_size and the server removed WAL it still needed.',
  rows_removed: 'The server removed catalog rows it still needed.',
  wal_level_insufficient: 'The server no longer runs with wal_level = logical.',
  idle_timeout: 'It was idle for longer than idle_replication_slot_timeout.',
};

/** `wal_status` in words (Postgres docs, pg_replication_slots). */
export function walStatusMeaning(status: string | null): string {
  switch (status) {
    case 'reserved':
      return 'The WAL it needs is within max_wal_size.';
    case 'extended':
      return 'More WAL than max_wal_size is kept for it.';
    case 'unreserved':
      return 'It is past its limit and is lost at the next checkpoint unless it catches up.';
    case 'lost':
      return 'WAL it needed is gone; its changes can no longer be read.';
    default:
      return 'It reserves no WAL.';
  }
}

/** A slot that retains as much as this and that nobody reads is worth a look, budget or not. */
const IDLE_NOTICE_BYTES = 256 * 1024 * 1024;

/** What of a slot decides how it stands. */
export type StandingSlot = Pick<SlotDto, 'slotName' | 'walStatus' | 'invalidationReason' | 'retainedBytes' | 'active' | 'orphan'> & {
  readonly stream: Pick<NonNullable<SlotDto['stream']>, 'walBudgetBytes'> | null;
};

/** What a slot means for the server it is on, most urgent meaning first. */
export function slotVerdict(slot: Omit<StandingSlot, 'slotName'>): SlotVerdict {
  const retained = slot.retainedBytes ?? 0;
  const budget = slot.stream?.walBudgetBytes ?? null;
  if (slot.walStatus === 'lost' || slot.invalidationReason) {
    const why = slot.invalidationReason ? INVALIDATION[slot.invalidationReason] : undefined;
    return { word: 'Lost', tone: 'danger', sentence: why ?? walStatusMeaning('lost'), rank: 1 };
  }
  if (slot.walStatus === 'unreserved')
    return { word: 'About to be lost', tone: 'danger', sentence: walStatusMeaning('unreserved'), rank: 0 };
  if (budget !== null && retained >= budget) {
    return { word: 'Over budget', tone: 'danger', sentence: 'It retains more WAL than was approved for it.', rank: 2 };
  }
  if (slot.orphan) {
    return {
      word: 'Orphan',
      tone: 'attention',
      sentence: 'It carries our name, but no stream claims it: nothing will ever read it, and it retains WAL until it is dropped.',
      rank: 3,
    };
  }
  if (!slot.active && retained >= IDLE_NOTICE_BYTES) {
    return { word: 'Nobody reads it', tone: 'attention', sentence: 'It retains WAL and no process reads it.', rank: 4 };
  }
  if (!slot.active) return { word: 'Inactive', tone: 'neutral', sentence: 'No process reads it at the moment.', rank: 5 };
  return { word: 'Active', tone: 'healthy', sentence: walStatusMeaning(slot.walStatus), rank: 6 };
}

/** Somebody has to do something about it, or will have to. */
export function needsLook(slot: Omit<StandingSlot, 'slotName'>): boolean {
  return slotVerdict(slot).rank <= 4;
}

/** Danger on top, then by what they cost the server. */
export function sortSlots<S extends StandingSlot>(slots: readonly S[]): S[] {
  const ranks = new Map(slots.map((slot) => [slot, slotVerdict(slot).rank]));
  return [...slots].sort(
    (a, b) =>
      (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0) || (a.slotName < b.slotName ? -1 : 1),
  );
}
