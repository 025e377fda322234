/** A look at the stream's slot while rows are read. Time in ms, sizes in bytes. */
export interface SlotLook {
  readonly at: number;
  /** Null when the slot is gone. */
  readonly walStatus: string | null;
  /** WAL that can still be written before the slot may be lost; null = no cap, or not known (pg_replication_slots, Postgres docs). */
  readonly safeWalBytes: number | null;
}

export type GuardVerdict =
  | { readonly kind: 'read' }
  /** Nothing more is read for now, so that the stream catches up and its slot lets WAL go. */
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export interface GuardQuestion {
  /** Of about the last minute, oldest first; the last one is now. */
  readonly looks: readonly SlotLook[];
  /** By the planner's estimate; null = not known. */
  readonly rowsLeft: number | null;
  /** While rows were last read; 0 = not known. */
  readonly rowsPerSec: number;
  /** Reading is held back now: it goes on only when that is clearly safe. */
  readonly held: boolean;
}

/** restart_lsn moves in steps (a running-xacts record every 15 s), so safe_wal_size falls and jumps: less than this says nothing, ms. */
const LEAST_SPAN_MS = 30_000;
/** Where the rest of the reading is not known. */
const ASSUMED_SECONDS = 300;
/** Held back, it goes on when the slot lasts so many times as long as the reading. */
const MARGIN = 2;

/** Would the slot lose its WAL before the rows are read? Pure. */
export function judgeSlot({ looks, rowsLeft, rowsPerSec, held }: GuardQuestion): GuardVerdict {
  const last = looks.at(-1);
  const first = looks[0];
  if (!last || !first) return { kind: 'read' };
  if (last.walStatus === null) return { kind: 'lost', reason: 'the slot no longer exists on the server' };
  if (last.walStatus === 'lost') return { kind: 'lost', reason: 'the server has invalidated the slot (wal_status lost)' };
  if (last.walStatus === 'unreserved')
    return { kind: 'hold', reason: 'the slot is unreserved: the server may remove its WAL at the next checkpoint' };
  if (last.safeWalBytes === null || first.safeWalBytes === null || last.at - first.at < LEAST_SPAN_MS) return held ? stay(last) : READ;
  const burn = (first.safeWalBytes - last.safeWalBytes) / ((last.at - first.at) / 1000);
  if (burn <= 0) return READ;
  const lasts = Math.max(0, last.safeWalBytes) / burn;
  const needs = rowsLeft !== null && rowsPerSec > 0 ? rowsLeft / rowsPerSec : ASSUMED_SECONDS;
  if (lasts >= needs * (held ? MARGIN : 1)) return READ;
  return {
    kind: 'hold',
    reason: `at the present rate the slot may lose its WAL in about ${duration(lasts)}, and the rows that are left need about ${duration(needs)}`,
  };
}

const READ: GuardVerdict = { kind: 'read' };

/** Too few looks to take back a decision; without a cap there is nothing to wait for. */
function stay({ safeWalBytes }: SlotLook): GuardVerdict {
  return safeWalBytes === null ? READ : { kind: 'hold', reason: 'the slot is being watched before reading goes on' };
}

/** `40 s`, `12 min`, `3 h`: about. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
