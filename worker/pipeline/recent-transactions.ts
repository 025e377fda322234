/** More than can be waiting to become visible at once: each of them holds a connection of the server. */
const MOST = 10_000;
/** Older ones are visible, or their ids may come round again; ms. */
const LONGEST_MS = 60 * 60_000;

/**
 * Ids of the transactions that came on the stream last, over all connections of the process. A commit is on the stream a moment before
 * queries see it, so a reading that begins now must know which ones it may miss.
 */
export class RecentTransactions {
  private readonly xids = new Float64Array(MOST);
  private readonly at = new Float64Array(MOST);
  private count = 0;

  /** `now` in ms of a monotonic clock. */
  note(xid: number, now: number): void {
    const place = this.count++ % MOST;
    this.xids[place] = xid;
    this.at[place] = now;
  }

  list(now: number): number[] {
    const length = Math.min(this.count, MOST);
    return [...this.xids.subarray(0, length)].filter((_, place) => now - (this.at[place] ?? 0) < LONGEST_MS);
  }
}
