import type { Client } from 'pg';
import type { TestPostgres } from '@/worker/testing/postgres';
import { cpuMicros } from './process-figures';
import { connected } from './server';
import { dropSlot, readerOf } from './slots';

/** Name of the publication that every contender reads. It is there before the slot. */
export const PUBLICATION = 'bench';

export interface BacklogOptions {
  readonly rows: number;
  readonly table: string;
  prepare(client: Client, rows: number): Promise<void>;
  write(client: Client, rows: number): Promise<void>;
}

/**
 * Changes that wait behind a replication slot which nobody reads. Every run gets a slot of its own that stands where this one does:
 * a copy, by which all of them read the very same WAL from the very same place.
 */
export class Backlog {
  private constructor(
    readonly url: string,
    readonly rows: number,
    /** Position behind the last commit, as text. */
    readonly end: string,
    /** What was written behind the slot, bytes of WAL. */
    readonly walBytes: number,
    private readonly client: Client,
  ) {}

  static async write(server: TestPostgres, { rows, table, prepare, write }: BacklogOptions): Promise<Backlog> {
    const url = await server.createDatabase();
    const client = await connected(url);
    await prepare(client, rows);
    await client.query(`create publication ${PUBLICATION} for table ${table} with (publish = 'insert, update, delete')`);
    const template = templateName(url);
    await client.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [template]);
    await write(client, rows);
    const behind = await client.query<{ end: string; bytes: string }>(
      `select pg_current_wal_lsn()::text as end, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) as bytes
       from pg_replication_slots where slot_name = $1`,
      [template],
    );
    // A keepalive beyond the last commit: a reader with an end position sees that it is reached.
    await client.query(`select pg_logical_emit_message(true, 'bench', 'end')`);
    return new Backlog(url, rows, behind.rows[0]?.end ?? '0/0', Number(behind.rows[0]?.bytes), client);
  }

  async slot(name: string): Promise<void> {
    await this.client.query('select pg_copy_logical_replication_slot($1, $2)', [templateName(this.url), name]);
  }

  drop(name: string): Promise<void> {
    return dropSlot(this.client, name);
  }

  /** Waits until the slot is read, then watches the walsender's processor time until `stop`, or until it is gone. */
  async walsender(name: string): Promise<Walsender> {
    return new Walsender(await readerOf(this.client, name));
  }

  /** Drops the slot and ends the connection. The database goes with its server. */
  async close(): Promise<void> {
    await this.drop(templateName(this.url));
    await this.client.end();
  }
}

const templateName = (url: string): string => `bench_${new URL(url).pathname.slice(1)}`;

/** The server's process that serves a slot. */
export class Walsender {
  /** When it was seen to run, ms of performance.now(). */
  readonly since = performance.now();
  private readonly before: number;
  private last: number;
  private readonly timer: NodeJS.Timeout;

  constructor(readonly pid: number) {
    this.before = cpuMicros(pid);
    this.last = this.before;
    this.timer = setInterval(() => this.look(), 20);
  }

  /** Since it was seen, microseconds. */
  stop(): number {
    clearInterval(this.timer);
    this.look();
    return this.last - this.before;
  }

  private look(): void {
    this.last = Math.max(this.last, cpuMicros(this.pid));
  }
}
