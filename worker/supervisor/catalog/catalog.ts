import pg, { type QueryResultRow } from 'pg';
import { SpillwayError } from '@/core/errors';

/** Runs one statement and gives its rows. */
export type Query = <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;

/** SQLSTATE classes of a server that is not to be had just now: connection, resources, shutdown. */
const UNAVAILABLE_STATE = /^(08|53|57P0)/;
const UNAVAILABLE_CODE = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_)/;

/**
 * The worker's way to the catalog: a small pool of plain `pg`. An outage is one error kind, `catalog_unavailable`,
 * on which callers start and stop nothing and try again.
 */
export class Catalog {
  readonly #pool: pg.Pool;

  constructor(readonly url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 5_000,
      query_timeout: 15_000,
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 15_000,
      keepAlive: true,
      application_name: 'spillway-worker',
    });
    // Without a listener a connection that the server ends, idle or in use, would end this process.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Throws `catalog_unavailable` when the server cannot be reached; other errors as they come. */
  readonly query: Query = async <R extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
    const client = await this.#connect();
    try {
      const { rows } = await client.query<R>(text, [...values]);
      client.release();
      return rows;
    } catch (thrown) {
      const error = asUnavailable(thrown);
      // A connection that failed or timed out is not used again.
      client.release(isCatalogOutage(error));
      throw error;
    }
  };

  /** Whatever keeps us from connecting is an outage: refused, shut down, not accepting, password just changed. */
  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (thrown) {
      throw new SpillwayError('catalog_unavailable', 'the catalog database cannot be reached', {}, { cause: thrown });
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

function asUnavailable(thrown: unknown): unknown {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  const gone =
    (typeof code === 'string' && (UNAVAILABLE_STATE.test(code) || UNAVAILABLE_CODE.test(code))) ||
    (typeof message === 'string' && /terminated|timeout exceeded|read timeout|not queryable/i.test(message));
  return gone ? new SpillwayError('catalog_unavailable', 'the catalog database cannot be reached', {}, { cause: thrown }) : thrown;
}

export function isCatalogOutage(thrown: unknown): boolean {
  return thrown instanceof SpillwayError && thrown.kind === 'catalog_unavailable';
}
