import { type GuardVerdict, judgeSlot, type SlotLook } from '@/core/postgres/snapshot-guard';
import { ReadingPace } from './reading-pace';

/** Looks of this time are compared, ms. */
const WINDOW_MS = 60_000;

interface Reach {
  readonly rows: number;
  readonly total: number | null;
}

/** Remembers how slot and reading fare, so that reading stops early where the slot would not last. Times in ms of a monotonic clock. */
export class SlotGuard {
  private looks: SlotLook[] = [];
  private held = false;
  private readonly pace: ReadingPace;

  constructor(
    private reach: Reach,
    now: number,
  ) {
    this.pace = new ReadingPace(reach.rows, now);
  }

  /** Rows were settled. */
  advanced(reach: Reach, now: number): void {
    this.reach = reach;
    this.pace.note(reach.rows, now);
  }

  /** `turned`: reading was going on and is held back from now on, or the other way round. */
  judge(look: SlotLook): { readonly verdict: GuardVerdict; readonly turned: boolean } {
    this.looks = [...this.looks.filter(({ at }) => look.at - at < WINDOW_MS), look];
    const { rows, total } = this.reach;
    const verdict = judgeSlot({
      looks: this.looks,
      rowsLeft: total === null ? null : Math.max(0, total - rows),
      rowsPerSec: this.pace.perSec,
      held: this.held,
    });
    const hold = verdict.kind === 'hold';
    const turned = hold !== this.held && verdict.kind !== 'lost';
    this.held = hold;
    return { verdict, turned };
  }
}
