import type { SpillRoom } from './spill-room';

/** Without room it is asked again after so long, ms. */
const NO_ROOM_MS = 2_000;

export interface AdmissionDeps {
  /** Absent = there is always room. */
  readonly room?: SpillRoom;
  readonly now: () => number;
  /** What it says has changed. */
  readonly onChange: () => void;
  /** It may be asked again. */
  readonly onDue: () => void;
}

/** Whether anything may be put into a buffer now: asked before each batch, and now and then while there is no room. */
export class SpillAdmission {
  private closed: { readonly why: string; readonly until: number } | null = null;

  constructor(private readonly deps: AdmissionDeps) {}

  /** Why nothing may; null when it may. */
  get barred(): string | null {
    return this.closed?.why ?? null;
  }
  /** There was no room, and it is not time to ask again. */
  get waits(): boolean {
    return this.closed !== null && this.deps.now() < this.closed.until;
  }

  /** Rejects with catalog_unavailable. */
  async ask(): Promise<boolean> {
    const { room, now, onChange, onDue } = this.deps;
    const before = this.barred;
    const why = (await room?.()) ?? null;
    this.closed = why === null ? null : { why, until: now() + NO_ROOM_MS };
    if (why !== null) setTimeout(onDue, NO_ROOM_MS + 1).unref();
    if (before !== why) onChange();
    return why === null;
  }
}
