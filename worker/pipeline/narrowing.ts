/** As much of a queued event as narrowing marks. */
export interface Suspect {
  suspect: boolean;
  solo: boolean;
}

/**
 * Finds the events to blame when a sink refuses a batch as a whole: the batch is halved until a single event is refused,
 * which is then sent alone; batches grow again as parts are accepted. Needs about log2(n) extra sends per bad event.
 */
export class Narrowing {
  private limit = Number.POSITIVE_INFINITY;
  private suspects = new Set<Suspect>();

  /** How many events the next batch may hold. */
  get maxEvents(): number {
    return this.limit;
  }

  /** A batch of more than one event was refused as a whole. */
  refused(batch: readonly Suspect[]): void {
    for (const item of batch) {
      item.suspect = true;
      this.suspects.add(item);
    }
    this.limit = Math.max(1, Math.floor(batch.length / 2));
  }

  /** A single event was refused: it is to blame and travels alone from now on; the others get another chance together. */
  blamed(item: Suspect): void {
    item.solo = true;
    this.leave(item);
    if (this.suspects.size > 0) this.limit = this.suspects.size;
  }

  /** These left the queue. */
  accepted(batch: readonly Suspect[]): void {
    if (this.suspects.size === 0) return;
    for (const item of batch) this.leave(item);
    if (this.suspects.size > 0) this.limit = Math.min(this.limit * 2, Math.max(1, this.suspects.size));
  }

  /** The queue was emptied. */
  reset(): void {
    this.suspects.clear();
    this.limit = Number.POSITIVE_INFINITY;
  }

  private leave(item: Suspect): void {
    item.suspect = false;
    this.suspects.delete(item);
    if (this.suspects.size === 0) this.limit = Number.POSITIVE_INFINITY;
  }
}
