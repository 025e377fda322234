/** Of the latest reading, so much: what comes in bursts is shown as a rate. */
const WEIGHT = 0.3;

/** Events into and out of the buffer per second, smoothed over its readings. */
export class SpillRates {
  private readonly counts = { in: 0, out: 0 };
  private rates = { inPerSec: 0, outPerSec: 0 };
  private readAt: number | null = null;

  in(events: number): void {
    this.counts.in += events;
  }
  out(events: number): void {
    this.counts.out += events;
  }

  /** `now` in ms; the counts of the time since the last reading are used up. */
  read(now: number): { readonly inPerSec: number; readonly outPerSec: number } {
    const seconds = this.readAt === null ? 0 : (now - this.readAt) / 1000;
    this.readAt = now;
    if (seconds <= 0) return this.rates;
    const smooth = (before: number, count: number) => {
      const rate = before + WEIGHT * (count / seconds - before);
      return rate < 0.5 ? 0 : Math.round(rate * 10) / 10;
    };
    this.rates = { inPerSec: smooth(this.rates.inPerSec, this.counts.in), outPerSec: smooth(this.rates.outPerSec, this.counts.out) };
    this.counts.in = 0;
    this.counts.out = 0;
    return this.rates;
  }
}
