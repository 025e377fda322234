import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { E2E_STATE } from './port';

/** Ports and secrets of the instance that the browser tests started (playwright.config.ts). */
const read = <T>(file: string): T => JSON.parse(readFileSync(join(E2E_STATE, file), 'utf8')) as T;

const ports = () => read<{ portal: number; catalog: number; shop: number; receiver: number }>('ports.json');
const secrets = () => read<{ catalogPassword: string; shopPassword: string; sourcePassword: string }>('secrets.json');

/** The demo receiver of the instance. */
export const receiverUrl = (): string => `http://127.0.0.1:${ports().receiver}`;

/** Sends one of the receiver's controls; throws with its words when it refuses. */
export async function receiver(path: '/api/behaviour' | '/api/rate' | '/api/order', body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${receiverUrl()}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

interface ReceiverState {
  readonly latest: readonly {
    readonly id: string;
    readonly key: string;
    readonly op: string;
    readonly table: string;
    readonly status: number;
  }[];
}
export const receiverState = async (): Promise<ReceiverState> =>
  (await (await fetch(`${receiverUrl()}/api/state`)).json()) as ReceiverState;

/** What the source server itself says: the tests compare the portal's words with it. */
export async function shop<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<R[]> {
  return query(`postgres://postgres:${encodeURIComponent(secrets().shopPassword)}@127.0.0.1:${ports().shop}/shop`, sql, values);
}

/** The connection of the demo's source as an admin types it, with its password. */
export const shopConnection = () => ({
  host: '127.0.0.1',
  port: ports().shop,
  database: 'shop',
  username: 'spillway',
  password: secrets().sourcePassword,
});

async function query<R extends pg.QueryResultRow>(connectionString: string, sql: string, values: unknown[]): Promise<R[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<R>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
