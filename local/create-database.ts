import pg from 'pg';

/** Creates the database of that name through a superuser's URL, unless it exists. */
export async function createDatabase(superuserUrl: string, name: string): Promise<void> {
  const found = await ask(superuserUrl, `select 1 from pg_database where datname = ${pg.escapeLiteral(name)}`);
  if (found.length === 0) await ask(superuserUrl, `create database ${pg.escapeIdentifier(name)}`);
}

/** One statement on a connection of its own. */
export async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined); // a server going away between two queries; the query itself rejects
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
