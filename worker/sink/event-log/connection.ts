import pg from 'pg';
import { SpillwayError } from '@/core/errors';

const CONNECT_TIMEOUT_MS = 5_000;
const WRITE_TIMEOUT_MS = 30_000;

/** One connection that is made when needed and made anew after it broke. */
export interface Connection {
  /** Runs something on a live connection; whatever fails, the next use connects again. Ends the connection on abort. */
  use<T>(signal: AbortSignal, run: (client: pg.Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `url` may carry Prisma's `?schema=`, which then is the search path. Throws sink_misconfigured when it is no URL. */
export function createConnection(url: string, applicationName: string): Connection {
  const config = configOf(url, applicationName);
  let live: Promise<pg.Client> | null = null;

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client(config);
    // Without a listener a server that goes away would end the process.
    client.on('error', () => forget());
    client.on('end', () => forget());
    await client.connect();
    return client;
  }
  function forget(): void {
    live = null;
  }
  /** Ends at once: pg destroys the socket while a query is under way. */
  function drop(): void {
    const broken = live;
    live = null;
    broken?.then((client) => client.end()).catch(() => undefined);
  }

  return {
    async use(signal, run) {
      signal.throwIfAborted();
      live ??= connect();
      const mine = live;
      let onAbort = () => {};
      const aborted = new Promise<never>((_, reject) => {
        onAbort = () => {
          drop();
          reject(signal.reason);
        };
      });
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await Promise.race([mine.then(run), aborted]);
      } catch (error) {
        // Only a refused statement leaves the connection usable; telling the others apart is not worth a lost one.
        if (live === mine && !(error instanceof pg.DatabaseError && error.severity === 'ERROR')) drop();
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      const last = live;
      live = null;
      await last?.then((client) => client.end()).catch(() => undefined);
    },
  };
}

function configOf(url: string, applicationName: string): pg.ClientConfig {
  let schema: string | null;
  let address: URL;
  try {
    address = new URL(url);
    if (!/^postgres(ql)?:$/.test(address.protocol)) throw new Error('another protocol');
    schema = address.searchParams.get('schema');
    for (const name of ['schema', 'connection_limit', 'pool_timeout']) address.searchParams.delete(name);
  } catch {
    throw new SpillwayError('sink_misconfigured', 'The connection URL of the event log is not a postgres:// URL.', {
      remedy: 'Type it in again as postgres://user:password@host:port/database.',
    });
  }
  return {
    connectionString: address.toString(),
    application_name: applicationName.slice(0, 63),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: WRITE_TIMEOUT_MS,
    query_timeout: WRITE_TIMEOUT_MS + 2_000,
    keepAlive: true,
    ...(schema ? { options: `-c search_path=${schema.replace(/([\\ ])/g, '\\$1')}` } : {}),
  };
}
