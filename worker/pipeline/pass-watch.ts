import { SpillwayError } from '@/core/errors';
import { duration } from '@/core/postgres/snapshot-guard';
import type { ChunkReader } from '@/worker/source/postgres/chunk-reader';
import type { ChunkContext } from './chunk-context';
import { SlotGuard } from './slot-guard';

/** A transaction that holds back vacuum for longer does more harm than a second reading, ms. */
const LONGEST_PASS_MS = 6 * 60 * 60_000;
const LOOK_MS = 5_000;

/**
 * Watches a snapshot in one pass: nothing is confirmed before it ends, so the slot holds all WAL meanwhile. `overdue` says why it should
 * give way to chunks; `lost` rejects once the slot is gone, which no row read from now on could mend.
 */
export class PassWatch {
  readonly lost: Promise<never>;
  private readonly timer: NodeJS.Timeout;
  private readonly deadline: NodeJS.Timeout;
  private readonly guard: SlotGuard;
  private reader: ChunkReader | null = null;
  private looking = false;
  private stopped = false;
  private why: string | null = null;

  constructor(
    private readonly deps: Pick<ChunkContext, 'assignment' | 'source' | 'send'>,
    private readonly reach: () => { readonly rows: number; readonly total: number | null },
  ) {
    const { limits } = deps.assignment;
    const longest = limits.longestPassMs ?? LONGEST_PASS_MS;
    this.guard = new SlotGuard(reach(), performance.now());
    this.deadline = setTimeout(() => this.late(`it took longer than ${duration(longest / 1000)}`), longest);
    let reject: (error: SpillwayError) => void = () => undefined;
    this.lost = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    this.lost.catch(() => undefined);
    this.timer = setInterval(() => void this.look(reject), LOOK_MS);
  }

  /** Why the pass should end; null while it may go on. */
  get overdue(): string | null {
    return this.why;
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.deadline);
    void this.reader?.close();
  }

  private late(why: string): void {
    if (this.why) return;
    this.why = why;
    this.deps.send({ type: 'notice', reason: `the snapshot in one pass should end: ${why}` });
  }

  private async look(reject: (error: SpillwayError) => void): Promise<void> {
    if (this.looking || this.stopped) return;
    this.looking = true;
    try {
      this.reader ??= await this.deps.source.chunks();
      const look = await this.reader.lookAtSlot();
      if (this.stopped) return await this.reader.close();
      this.guard.advanced(this.reach(), performance.now());
      const { verdict } = this.guard.judge(look);
      if (verdict.kind === 'lost') reject(new SpillwayError('slot_lost', `Reading existing rows has ended: ${verdict.reason}`));
      if (verdict.kind === 'hold') this.late(verdict.reason);
    } catch {
      // The pass has connections of its own, and says so if the server is gone: this one is opened anew.
      this.reader = null;
    } finally {
      this.looking = false;
    }
  }
}
