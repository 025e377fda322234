/** Half of what is remembered is of the last so many ms. */
const HALF_LIFE_MS = 5_000;

/** Rows per second, smoothed. Times in ms of any one clock. */
export class ReadingPace {
  private rate: number | null = null;

  constructor(
    private rows: number,
    private at: number,
  ) {}

  /** 0 before two counts are known. */
  get perSec(): number {
    return this.rate ?? 0;
  }

  /** So many rows were read by now; fewer than before = a reading began anew. */
  note(rows: number, at: number): void {
    const ms = at - this.at;
    if (rows < this.rows) {
      this.rows = rows;
      this.at = at;
      this.rate = null;
      return;
    }
    if (ms <= 0) return;
    const present = ((rows - this.rows) / ms) * 1000;
    const weight = this.rate === null ? 1 : 1 - 0.5 ** (ms / HALF_LIFE_MS);
    this.rate = (this.rate ?? 0) * (1 - weight) + present * weight;
    this.rows = rows;
    this.at = at;
  }
}
