import { createHash } from 'node:crypto';
import { messageOf } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';

/** How far ahead a promise reaches at most, bytes of WAL: one catalog write for half of it. */
export const PROMISE_WINDOW = 16n * 1024n * 1024n;
/** A catalog that does not answer for so long must not hold the source's WAL any longer. */
export const PROMISE_PATIENCE_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * Half to all of it, for each stream its own. The streams of one source see the same WAL: with one window all of them would come to its
 * end at the same moment, again and again, and the catalog has a hundred connections (Postgres' default) for hundreds of streams.
 */
export function promiseShare(streamId: string): number {
  const [high = 0, low = 0] = createHash('sha256').update(streamId).digest();
  return 0.5 + (high * 256 + low) / 131_072;
}

export interface PromiseDeps {
  /** Makes it durable that flushes up to here may be sent. */
  readonly store: (lsn: Lsn) => Promise<void>;
  /** Hands a position to the source. */
  readonly confirm: (lsn: Lsn) => void;
  /** Tells the supervisor of a promise that the catalog did not take: before the first flush under it. */
  readonly tell: (lsn: Lsn) => void;
  /** A flush went beyond the promise because the catalog did not answer; null once the promise caught up. */
  readonly onBreach: (message: string | null) => void;
  /** Of the window and of the wait between two attempts; 1. */
  readonly share?: number;
  readonly patienceMs?: number;
  readonly retryMs?: number;
}

/** For the log: a flush went beyond the promise, or (null) the promise caught up. */
export function tellBreach(streamId: string, message: string | null): void {
  const msg = message ? `flushed beyond the promise recorded in the catalog: ${message}` : 'the promise in the catalog caught up';
  process.stderr.write(`${JSON.stringify({ level: 'warn', streamId, msg })}\n`);
}

/**
 * Lets no flush pass what was promised in the catalog before, so that a slot found beyond the promise was moved by somebody
 * else. When the catalog does not answer, the promise is given to the supervisor instead, and after a while the flush goes
 * out: a stopped catalog must neither stop a stream nor fill the source's disk. The supervisor writes it to the catalog later,
 * also when this process is gone by then.
 */
export class PromiseKeeper {
  private wanted = 0n;
  private handedOver = 0n;
  private stoodAt: Lsn | null = null;
  private told = 0n;
  private extending: Promise<void> | null = null;
  private breached = false;
  private closed = false;
  private readonly window: bigint;
  private readonly retryMs: number;

  constructor(
    private readonly deps: PromiseDeps,
    private promised: Lsn,
  ) {
    const { share = 1, retryMs = RETRY_MS } = deps;
    this.window = BigInt(Math.floor(Number(PROMISE_WINDOW) * share));
    this.retryMs = retryMs * share;
  }

  /** No flush beyond this was ever sent. */
  get ceiling(): Lsn {
    // The promise reaches ahead; what this process handed over is exact, and includes where the slot stood when it began.
    return this.handedOver > 0n ? this.handedOver : this.promised;
  }

  /** Hands over again what was handed over last: to a new connection. */
  repeat(): void {
    if (this.handedOver > 0n) this.deps.confirm(this.handedOver);
  }

  /** The server was replaced by one that never had what came after `lsn`: nothing beyond is handed over again. */
  rewind(lsn: Lsn): void {
    if (lsn < this.wanted) this.wanted = lsn;
    if (lsn < this.handedOver) this.handedOver = lsn;
  }

  /** A connection begins: `slotLsn` is where its slot was seen, `settled` what this process has settled by now. */
  begin(slotLsn: Lsn, settled: Lsn): void {
    this.stoodAt ??= slotLsn;
    this.offer(settled);
  }

  /** Everything up to `lsn` is settled. */
  offer(lsn: Lsn): void {
    if (lsn <= this.wanted) return;
    this.wanted = lsn;
    if (lsn <= this.promised || this.breached) this.handOver(lsn);
    if (lsn + this.window / 2n > this.promised && !this.extending && !this.closed) {
      this.extending = this.extend().finally(() => {
        this.extending = null;
      });
    }
  }

  /**
   * Before a clean end: the latest position was handed over when this resolves. True = what was handed over is known to be the last word
   * of this stream. Of a slot that did not move since it was seen that is not known: the server may have taken the last flush of the
   * process before this one after that.
   */
  async finish(): Promise<boolean> {
    this.closed = true;
    await this.extending;
    return this.stoodAt !== null && this.handedOver > this.stoodAt;
  }

  private async extend(): Promise<void> {
    const patience = setTimeout(() => this.breach('the catalog did not answer'), this.deps.patienceMs ?? PROMISE_PATIENCE_MS);
    try {
      while (this.wanted + this.window / 2n > this.promised) {
        const target = this.wanted + this.window;
        try {
          await this.deps.store(target);
          this.promised = target;
        } catch (thrown) {
          if (this.closed) return this.breach(messageOf(thrown));
          await new Promise((resolve) => setTimeout(resolve, this.retryMs));
        }
      }
      if (this.breached) this.deps.onBreach(null);
      this.breached = false;
      this.handOver(this.wanted);
    } finally {
      clearTimeout(patience);
    }
  }

  private handOver(lsn: Lsn): void {
    if (lsn > this.promised && lsn > this.told) {
      this.told = lsn + this.window;
      this.deps.tell(this.told);
    }
    this.handedOver = lsn;
    this.deps.confirm(lsn);
  }

  private breach(message: string): void {
    if (this.wanted > this.promised && !this.breached) {
      this.breached = true;
      this.deps.onBreach(message);
    }
    this.handOver(this.wanted);
  }
}
