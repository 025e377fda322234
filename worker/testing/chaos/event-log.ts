import pg from 'pg';
import type { TimedArrival } from './ledger-peer';

/** What the event log on the third server holds of a stream, cycle by cycle. Its own connection passes no proxy. */
export class EventLogReader {
  private from = 0n;

  constructor(
    private readonly pool: pg.Pool,
    private readonly stream: string,
  ) {}

  /** Rows since the last `take`. */
  async count(): Promise<number> {
    return Number((await this.read('count(*) AS count'))[0]?.count ?? 0);
  }
  async take(): Promise<TimedArrival[]> {
    const rows = await this.read('id, event_id, key_text, payload, received_at', 'ORDER BY id');
    this.from = BigInt(String(rows.at(-1)?.id ?? this.from));
    return rows.map(({ event_id, key_text, payload, received_at }) => ({
      eventId: String(event_id),
      key: String(key_text),
      value: payload as TimedArrival['value'],
      at: Number(received_at),
    }));
  }

  private async read(columns: string, rest = ''): Promise<Record<string, unknown>[]> {
    const made = await this.pool.query(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS made`);
    if (!made.rows[0]?.made) return [];
    const text = `SELECT ${columns} FROM spillway.event_log WHERE stream = $1 AND id > $2 ${rest}`;
    return (await this.pool.query<Record<string, unknown>>(text, [this.stream, String(this.from)])).rows;
  }
}

/** A pool that outlives a server that is killed. */
export function sturdyPool(connectionString: string, max = 2): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: 30_000, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}
