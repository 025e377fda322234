import type { SlotVerdictDto } from '@/core/dto/slot';
import { motionVerdict } from '@/core/postgres/slot-health';
import type { ObservedSlot, SlotsObservation } from '@/worker/source/postgres/slot-observation';

/** What only the worker knows of a stream. */
export interface PipelineFacts {
  readonly paused: boolean;
  /** Null when no pipeline of this worker runs. */
  readonly inFlightEvents: number | null;
}

/** Looks that growth is measured over. */
const WINDOW = 4;

/** Compares each look at a slot with the looks before it. */
export class SlotMotions {
  readonly #looks = new Map<string, ObservedSlot[]>();

  /** The verdict of this look; the first look knows no motion and counts as one that moves. */
  judge(streamId: string, slot: ObservedSlot, look: SlotsObservation, facts: PipelineFacts): SlotVerdictDto {
    const earlier = this.#looks.get(streamId) ?? [];
    const before = earlier[0];
    const oldest = earlier.at(-1);
    this.#looks.set(streamId, [slot, ...earlier].slice(0, WINDOW));
    const moved = (of: (seen: ObservedSlot) => string | number | null) => before === undefined || of(before) !== of(slot);
    return motionVerdict({
      active: slot.active,
      walStatus: slot.walStatus,
      invalidationReason: slot.invalidationReason,
      lagBytes: slot.lagBytes ?? 0,
      confirmedMoved: moved((seen) => seen.confirmedFlushLsn),
      restartMoved: moved((seen) => seen.restartLsn),
      sentMoved: moved((seen) => seen.sentLsn),
      writeAtSent: slot.sentLsn !== null && slot.sentLsn === slot.writeLsn,
      decodedToDisk: before !== undefined && moved((seen) => seen.spillBytes + seen.streamBytes),
      spillBytes: slot.spillBytes,
      lagGrowth: (slot.lagBytes ?? 0) - (oldest?.lagBytes ?? slot.lagBytes ?? 0),
      retainedBytes: slot.retainedBytes,
      oldestTransaction: look.oldestTransaction,
      ...facts,
    });
  }

  forget(streamId: string): void {
    this.#looks.delete(streamId);
  }
}
