import { SpillwayError } from '@/core/errors';
import { spillsIn, whySpill } from '@/core/policy/spilling';
import type { SpillSpec } from '@/core/spec/spill';
import type { Pending } from './pending';
import type { Spill } from './spill';
import type { RetainedWal } from './spill-condition';

/** The way through the buffer, and when it is taken. */
export interface Spilling {
  readonly spill: Spill;
  readonly spec: SpillSpec;
  /** As much is read and not delivered as may be held. */
  readonly behind: () => boolean;
}

/** What the delivery loop lends: its queue. */
export interface Lane {
  readonly length: () => number;
  /** Everything in the queue; it is empty afterwards. */
  readonly takeAll: () => Pending[];
  /** Of the queue, what was spilled before and came again has ended. */
  readonly pass: () => void;
  readonly enqueue: (items: readonly Pending[]) => void;
  /** Live messages, in stream order. */
  readonly push: (items: readonly Pending[]) => void;
}

/** With fewer messages than this in the queue the next batch is read from the buffer. */
const REFILL = 500;

/** Moves messages between the queue of the delivery loop and the buffer. One call at a time, by that loop. */
export class Detour {
  private wal: RetainedWal = { retainedBytes: null, budgetBytes: null };

  constructor(
    private readonly spilling: Spilling,
    private readonly lane: Lane,
  ) {}

  walSeen(wal: RetainedWal): void {
    this.wal = wal;
  }

  /**
   * Decides whether live messages go to the buffer; `downMs` = how long the sink has been called down, `faulty` = the latest attempt
   * failed. Returns in how many ms that is due, null when nothing is waited for.
   */
  async decide(downMs: number | null, faulty: boolean): Promise<number | null> {
    const { spill, spec, behind } = this.spilling;
    if (!spill.ready) return null;
    spill.check();
    if (spill.diverting) {
      const share = whySpill({ spill: spec, downMs: 0, ...this.wal, behind: false }) === 'wal_share';
      spill.urge(faulty || (spill.reason === 'wal_budget' && share));
      return null;
    }
    const why = whySpill({ spill: spec, downMs, ...this.wal, behind: behind() });
    if (!why || this.lane.length() === 0) return spillsIn({ spill: spec, downMs }) || null;
    try {
      if (!(await spill.allowed())) return null;
    } catch (thrown) {
      // Whoever cannot ask cannot spill either: the slot retains until the catalog is back.
      if (thrown instanceof SpillwayError) return null;
      throw thrown;
    }
    spill.divert(this.lane.takeAll(), why);
    return null;
  }

  /** What earlier runs left in the buffer is known before anything is sent. Rejects with catalog_unavailable. */
  async open(): Promise<void> {
    const { spill } = this.spilling;
    await spill.open();
    if (spill.diverting) spill.push(this.lane.takeAll());
    else this.lane.pass();
  }

  /**
   * Takes what was delivered out of the buffer and the next messages into the queue; back to direct delivery once there are none, also when
   * the buffer takes none: a sink that is back is found out only by sending. True = come again at once. Rejects with catalog_unavailable.
   */
  async drain(): Promise<boolean> {
    const { spill } = this.spilling;
    await spill.settle();
    if (this.lane.length() < REFILL) this.lane.enqueue(await spill.next());
    if (this.lane.length() > 0) return false;
    if (spill.more || spill.done) return true;
    if (spill.useless || (spill.empty && !spill.urgent)) this.lane.push(spill.release());
    return false;
  }
}
