import pg from 'pg';

/** One committed change of one row, in commit order. A delete has no version: the default replica identity sends only the key. */
export interface CommittedChange {
  readonly key: number;
  readonly op: 'c' | 'u' | 'd';
  readonly version: number | null;
}

export interface OracleOptions {
  readonly url: string;
  readonly table: string;
  readonly seed: number;
  /** Keys are drawn from [firstKey, firstKey + keys). Several oracles on one table need ranges that do not overlap. */
  readonly firstKey?: number;
  readonly keys?: number;
  /** Wait after each transaction, ms. */
  readonly pauseMs?: number;
}

/** mulberry32: the same seed gives the same workload. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Creates the table that oracles write to, and the one in which they note which transactions committed. */
export async function createOracleTable(url: string, table: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create table ${table} (id int primary key, version int not null, note text, large text)`);
  await client.query('create table if not exists oracle_transaction (writer int, number int, primary key (writer, number))');
  await client.end();
}

/**
 * Writes a seeded mix of inserts, updates (also of the primary key), deletes, transactions of one to many rows, rollbacks,
 * savepoints and out-of-line values, and knows exactly what was committed: a transaction that was under way when the server
 * died is looked up in `oracle_transaction` afterwards.
 */
export class Oracle {
  readonly committed: CommittedChange[] = [];
  private readonly random: () => number;
  private readonly firstKey: number;
  private readonly keys: number;
  private present = new Set<number>();
  private version = 0;
  private number = 0;
  private client: pg.Client | null = null;

  constructor(private readonly options: OracleOptions) {
    this.random = randomOf(options.seed);
    this.firstKey = options.firstKey ?? 1;
    this.keys = options.keys ?? 50;
  }

  /** Runs transactions until `count` are done, or until `until()` says so. Waits for a server that is down. */
  async run(count: number, until: () => boolean = () => false): Promise<void> {
    for (let done = 0; done < count && !until(); done++) {
      await this.transaction();
      if (this.options.pauseMs) await new Promise((resolve) => setTimeout(resolve, this.options.pauseMs));
    }
  }

  async close(): Promise<void> {
    await this.client?.end().catch(() => undefined);
    this.client = null;
  }

  private async transaction(): Promise<void> {
    const number = ++this.number;
    const rows = this.random() < 0.05 ? 200 : 1 + Math.floor(this.random() * 4);
    const rollback = this.random() < 0.1;
    const present = new Set(this.present);
    const { statements, changes } = this.plan(rows, present);
    for (;;) {
      try {
        const client = await this.connected();
        await client.query('begin');
        for (const [text, values] of statements) await client.query(text, values);
        await client.query('insert into oracle_transaction values ($1, $2)', [this.firstKey, number]);
        await client.query(rollback ? 'rollback' : 'commit');
        break;
      } catch (thrown) {
        if (!isConnectionFault(thrown)) throw thrown;
        this.client = null;
        if (await this.wasCommitted(number)) break;
      }
    }
    if (rollback) return;
    this.present = present;
    this.committed.push(...changes);
  }

  private plan(rows: number, present: Set<number>) {
    const { table } = this.options;
    const statements: [string, unknown[]][] = [];
    const changes: CommittedChange[] = [];
    for (let row = 0; row < rows; row++) {
      const key = this.firstKey + Math.floor(this.random() * this.keys);
      const dice = this.random();
      if (dice < 0.08) {
        // Undone by a savepoint: never arrives.
        statements.push(['savepoint s', []], [`delete from ${table} where id = $1`, [key]], ['rollback to savepoint s', []]);
      } else if (!present.has(key)) {
        const version = ++this.version;
        const large = this.random() < 0.2 ? this.largeText() : null;
        statements.push([`insert into ${table} values ($1, $2, $3, $4)`, [key, version, `n${version}`, large]]);
        changes.push({ key, op: 'c', version });
        present.add(key);
      } else if (dice < 0.25) {
        statements.push([`delete from ${table} where id = $1`, [key]]);
        changes.push({ key, op: 'd', version: null });
        present.delete(key);
      } else if (dice < 0.35) {
        const to = this.firstKey + Math.floor(this.random() * this.keys);
        if (present.has(to)) continue;
        const version = ++this.version;
        statements.push([`update ${table} set id = $2, version = $3 where id = $1`, [key, to, version]]);
        changes.push({ key, op: 'd', version: null }, { key: to, op: 'c', version });
        present.delete(key);
        present.add(to);
      } else {
        const version = ++this.version;
        statements.push([`update ${table} set version = $2, note = $3 where id = $1`, [key, version, `n${version}`]]);
        changes.push({ key, op: 'u', version });
      }
    }
    return { statements, changes };
  }

  /** Does not compress, so Postgres stores it out of line. */
  private largeText(): string {
    return Array.from({ length: 400 }, () => this.random().toString(36).slice(2)).join('');
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = new pg.Client({ connectionString: this.options.url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    this.client = client;
    return client;
  }

  private async wasCommitted(number: number): Promise<boolean> {
    for (;;) {
      try {
        const client = await this.connected();
        const found = await client.query('select 1 from oracle_transaction where writer = $1 and number = $2', [this.firstKey, number]);
        return found.rowCount === 1;
      } catch (thrown) {
        if (!isConnectionFault(thrown)) throw thrown;
        this.client = null;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** Anything but a refusal of the statement itself. */
function isConnectionFault(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(08|57|E)/.test(code) || code === 'EPIPE';
}
