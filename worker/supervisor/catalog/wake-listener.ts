import pg from 'pg';

export interface WakeHandlers {
  /** Something changed for the supervisor; payload as sent (JSON text), '' when none. Called with '' after each (re)connect. */
  readonly onWake: (payload: string) => void;
  readonly onInspection: () => void;
}

const RECONNECT_MS = 2_000;

/**
 * LISTENs on a connection of its own and reconnects for ever. What is notified while it is away is lost; polling finds it.
 */
export class WakeListener {
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    private readonly url: string,
    private readonly handlers: WakeHandlers,
  ) {}

  start(): void {
    void this.#connect();
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'spillway-worker-listen',
    });
    let ended = false;
    const again = () => {
      if (ended) return;
      ended = true;
      if (this.#client === client) this.#client = null;
      client.end().catch(() => undefined);
      if (!this.#closed) this.#timer = setTimeout(() => void this.#connect(), RECONNECT_MS);
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ channel, payload }) => {
      if (channel === 'spillway_wake') this.handlers.onWake(payload ?? '');
      else this.handlers.onInspection();
    });
    try {
      await client.connect();
      await client.query('LISTEN spillway_wake; LISTEN spillway_inspection');
      this.#client = client;
      this.handlers.onWake('');
      this.handlers.onInspection();
    } catch {
      again();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }
}
