import type { Lsn } from '@/core/postgres/lsn';
import { uint32At } from './byte-reader';

const LONGEST_INTERVAL_MS = 10_000;
const AFTER_CONFIRM_MS = 1_000;
/** Without wal_sender_timeout the server never asks; then silence of this length makes us ask. */
const PROBE_WITHOUT_TIMEOUT_MS = 30_000;

export interface StatusValues {
  readonly write: Lsn;
  readonly flush: Lsn;
  /** Ask the server for a keepalive: it has been silent for half of its timeout. */
  readonly replyRequested: boolean;
}

/**
 * Decides what a standby status update says and when one is due. Time is a parameter, in milliseconds.
 * write = received, flush = confirmed; neither ever falls, and a flush of 0 (nothing confirmed yet) is ignored by the server.
 */
export class StatusPolicy {
  #received: Lsn;
  /** The highest LSN of `receiveAt` since, in two halves. */
  #rowHigh = 0;
  #rowLow = 0;
  #confirmed: Lsn = 0n;
  #sentFlush: Lsn = 0n;
  #sentAt: number;
  #confirmDueAt: number | null = null;
  #lastByteAt: number;
  readonly intervalMs: number;

  constructor(
    /** wal_sender_timeout; 0 = off. */
    private readonly walSenderTimeoutMs: number,
    /** The slot's confirmed_flush_lsn. */
    start: Lsn,
    nowMs: number,
  ) {
    this.intervalMs = walSenderTimeoutMs > 0 ? Math.min(LONGEST_INTERVAL_MS, walSenderTimeoutMs / 3) : LONGEST_INTERVAL_MS;
    this.#received = start;
    this.#sentAt = nowMs;
    this.#lastByteAt = nowMs;
  }

  get received(): Lsn {
    this.receive((BigInt(this.#rowHigh) << 32n) + BigInt(this.#rowLow));
    return this.#received;
  }

  get confirmed(): Lsn {
    return this.#confirmed;
  }

  /** Relation and Type messages carry LSN 0, and LSNs inside the stream go up and down: only the highest counts. */
  receive(lsn: Lsn): void {
    if (lsn > this.#received) this.#received = lsn;
  }

  /** The same for the LSN in eight of these bytes, which is made a bigint when it is asked for: rows come far more often. */
  receiveAt(bytes: Buffer, at: number): void {
    const high = uint32At(bytes, at);
    const low = uint32At(bytes, at + 4);
    if (high < this.#rowHigh || (high === this.#rowHigh && low <= this.#rowLow)) return;
    this.#rowHigh = high;
    this.#rowLow = low;
  }

  confirm(lsn: Lsn, nowMs: number): void {
    if (lsn <= this.#confirmed) return;
    this.#confirmed = lsn;
    this.receive(lsn);
    this.#confirmDueAt ??= nowMs + AFTER_CONFIRM_MS;
  }

  heard(nowMs: number): void {
    this.#lastByteAt = nowMs;
  }

  due(nowMs: number): boolean {
    return nowMs >= this.#sentAt + this.intervalMs || (this.#confirmDueAt !== null && nowMs >= this.#confirmDueAt);
  }

  /** A confirm has not been told to the server yet. */
  get untold(): boolean {
    return this.#confirmed > this.#sentFlush;
  }

  /** What to send now; counts as sent. */
  take(nowMs: number): StatusValues {
    this.#sentAt = nowMs;
    this.#sentFlush = this.#confirmed;
    this.#confirmDueAt = null;
    const silence = this.walSenderTimeoutMs > 0 ? this.walSenderTimeoutMs / 2 : PROBE_WITHOUT_TIMEOUT_MS;
    return { write: this.received, flush: this.#confirmed, replyRequested: nowMs - this.#lastByteAt >= silence };
  }

  /** No byte for twice the server's own timeout, though it was asked: the connection is half-open. */
  silentTooLong(nowMs: number): boolean {
    return this.walSenderTimeoutMs > 0 && nowMs - this.#lastByteAt > 2 * this.walSenderTimeoutMs;
  }
}
