import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createDatabase } from './create-database';

export const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** The advisory lock that Prisma Migrate takes, so that both never migrate one database at the same time. */
const PRISMA_MIGRATE_LOCK = 72707369;

/** Prisma Migrate's own table, so that `prisma migrate status` agrees with what is applied here. */
const BOOKKEEPING = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/**
 * Applies the migrations that the catalog does not have yet, each in a transaction together with its bookkeeping: one
 * that fails leaves nothing behind. Creates the database when it does not exist. Returns the names applied.
 */
export async function migrate(url: string, folder: string = MIGRATIONS): Promise<string[]> {
  const client = await connect(url);
  try {
    await client.query('select pg_advisory_lock($1)', [PRISMA_MIGRATE_LOCK]);
    await client.query(BOOKKEEPING);
    const { rows } = await client.query<Applied>(
      'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
    );
    const before = new Map(rows.map((row) => [row.migration_name, row]));
    const applied: string[] = [];
    for (const { name, sql, checksum } of migrations(folder)) {
      const known = before.get(name);
      if (known && !known.finished_at) throw new Error(`Migration ${name} failed earlier. Mend it, then: npx prisma migrate resolve`);
      if (known && known.checksum !== checksum) throw new Error(editedMessage(name));
      if (known) continue;
      await apply(client, name, sql, checksum);
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

/** A name that changes when any migration changes: databases made from the same migrations may be copied from one another. */
export function migrationsFingerprint(folder: string = MIGRATIONS): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations(folder)) hash.update(`${name}=${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

function migrations(folder: string): { name: string; sql: string; checksum: string }[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw error;
    const database = new URL(url);
    const name = decodeURIComponent(database.pathname.slice(1));
    database.pathname = '/postgres';
    await createDatabase(database.toString(), name);
    return connect(url);
  }
}

const editedMessage = (name: string) =>
  `Migration ${name} was edited after it was applied to this catalog. A catalog for trying things out can be thrown away (the demo's is in .spillway/); any other needs the edit as a new migration.`;
