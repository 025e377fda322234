/** Lets one loop sleep until something happens or time passes. A ring while nobody sleeps is remembered. */
export class WakeUp {
  private rung = false;
  private waiter: (() => void) | null = null;

  ring(): void {
    // Told already: it is rung for every message that comes, and answers once.
    if (this.rung) return;
    this.rung = true;
    this.waiter?.();
  }

  /** Resolves at the next ring, or after `ms`; null waits for a ring only. */
  async sleep(ms: number | null): Promise<void> {
    if (!this.rung && (ms === null || ms > 0)) {
      await new Promise<void>((resolve) => {
        const timer = ms === null ? null : setTimeout(resolve, ms);
        this.waiter = () => {
          if (timer) clearTimeout(timer);
          resolve();
        };
      });
      this.waiter = null;
    }
    this.rung = false;
  }
}
