const SHORT_MS = 1;
const LONG_MS = 50;
/** What was committed longer ago than this is caught up with: nobody waits for the next row. */
const CATCHING_UP_MS = 1_000;
/** A long rest was worth it when so much came in one go after it. */
const WORTH_BYTES = 4 * 1024 * 1024;
const FIRST_DOUBT_MS = 250;
const LONGEST_DOUBT_MS = 8_000;

/**
 * How long a reader rests that has taken all there was.
 *
 * The walsender makes a system call for each row. As long as the buffers between the two take it, each of them goes all the way to us; when
 * they are full it is an append to what waits, and a row costs the server half (measured: 7.4 and 3.9 µs). A reader about as fast as the
 * server empties them, and then keeps them empty. So while it catches up it rests until they are full again, after which it reads for
 * seconds without a rest. Where they are small (the kernel makes them larger or not, as it sees fit) that is lost time: what came after a
 * long rest tells, and the next one is tried after a while that doubles.
 */
export class RestLength {
  #wasLong = false;
  #doubtMs = 0;
  #doubtUntil = Number.NEGATIVE_INFINITY;

  /** Milliseconds. `behindMs`: how late what came last was sent; `burst`: bytes since the rest before; `at`: ms of a monotonic clock. */
  next(behindMs: number, burst: number, at: number): number {
    if (this.#wasLong) {
      this.#doubtMs = burst >= WORTH_BYTES ? 0 : Math.min(Math.max(this.#doubtMs * 2, FIRST_DOUBT_MS), LONGEST_DOUBT_MS);
      this.#doubtUntil = at + this.#doubtMs;
    }
    this.#wasLong = behindMs >= CATCHING_UP_MS && at >= this.#doubtUntil;
    return this.#wasLong ? LONG_MS : SHORT_MS;
  }
}
