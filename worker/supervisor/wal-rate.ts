import { type Lsn, lsnDistance } from '@/core/postgres/lsn';

/** The shortest time over which a rate is worth showing, and how far back is looked; ms. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 30_000;

/** The server's WAL rate, by difference of positions seen at times (ms, any monotonic clock). */
export class WalRate {
  #points: { readonly at: number; readonly lsn: Lsn }[] = [];

  add(lsn: Lsn, at: number): void {
    const latest = this.#points.at(-1);
    // A position that fell is another server or one restored from a backup: differences across it mean nothing.
    if (latest && lsn < latest.lsn) this.#points = [];
    this.#points.push({ at, lsn });
    this.#points = this.#points.filter((point) => at - point.at <= LONGEST_MS);
  }

  /** Bytes per second over the last 10 to 30 s; null until it was watched for that long. */
  bytesPerSec(): number | null {
    const oldest = this.#points[0];
    const latest = this.#points.at(-1);
    if (!oldest || !latest || latest.at - oldest.at < SHORTEST_MS) return null;
    return Math.round(lsnDistance(latest.lsn, oldest.lsn) / ((latest.at - oldest.at) / 1000));
  }
}
