/** Runs `work` at once and then `everyMs` after each end, never two at a time. Errors go to `onError` and end nothing. */
export class Loop {
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly onError: (thrown: unknown) => void,
  ) {}

  start(): this {
    this.kick();
    return this;
  }

  /** Runs now; when it is running already, once more right after. */
  kick(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#run();
  }

  /** Ends the loop; resolves when the present run is over. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.work();
    } catch (thrown) {
      this.onError(thrown);
    }
    this.#running = null;
    if (this.#closed) return;
    if (this.#again) {
      this.#again = false;
      this.kick();
    } else this.#timer = setTimeout(() => this.kick(), this.everyMs);
  }
}
