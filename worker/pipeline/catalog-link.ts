import { Client } from 'pg';
import { SpillwayError } from '@/core/errors';

/**
 * Idle time after which the connection is closed, ms: a stream that runs well needs no catalog. Each stream asks when it starts, and the
 * catalog has a hundred connections (Postgres' default) for hundreds of streams.
 */
const IDLE_MS = 2_000;
/** The same after a pause that was longer: nothing suggests that the next one will be shorter. */
const RARELY_IDLE_MS = 250;
const CONNECT_MS = 5_000;
const QUERY_MS = 15_000;

/**
 * A pipeline's connection to the catalog: opened by the first query, closed when idle, opened anew after a fault.
 * Queries run one after the other. Every fault is a SpillwayError `catalog_unavailable` that carries the SQLSTATE or
 * the socket's error code and nothing of the statement or its values.
 */
export class CatalogLink {
  private client: Promise<Client> | null = null;
  private idle: NodeJS.Timeout | null = null;
  private running = 0;
  private endedAt = Number.NaN;
  private rarely = false;

  constructor(
    private readonly url: string,
    private readonly applicationName: string,
  ) {}

  async query<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    if (this.running === 0) this.rarely = performance.now() - this.endedAt > IDLE_MS;
    this.running++;
    if (this.idle) clearTimeout(this.idle);
    this.idle = null;
    if (!this.client) this.client = this.connect();
    const opened = this.client;
    let connected = false;
    try {
      const client = await opened;
      connected = true;
      return (await client.query(text, [...values])).rows as R[];
    } catch (cause) {
      if (this.client === opened && !(connected && isStatementFault(cause))) this.forget(opened);
      throw new SpillwayError('catalog_unavailable', `the catalog did not take a statement (${codeOf(cause)})`);
    } finally {
      this.running--;
      if (this.running === 0) this.endedAt = performance.now();
      if (this.running === 0 && this.client !== null) {
        this.idle = setTimeout(() => void this.close(), this.rarely ? RARELY_IDLE_MS : IDLE_MS);
        this.idle.unref();
      }
    }
  }

  async close(): Promise<void> {
    if (this.idle) clearTimeout(this.idle);
    const opened = this.client;
    this.client = null;
    await opened?.then((client) => client.end()).catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: this.applicationName,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      keepAlive: true,
    });
    // A fault between two queries: the next one fails and connects anew.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private forget(opened: Promise<Client>): void {
    this.client = null;
    opened.then((client) => client.end()).catch(() => undefined);
  }
}

/** The server answered and refused (SQLSTATE class other than 08, 53, 57): the connection itself is fine. */
function isStatementFault(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57)/.test(code);
}

function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return thrown instanceof Error && /timeout/i.test(thrown.message) ? 'timeout' : 'connection lost';
}
