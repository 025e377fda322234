import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import type { SourceSpec } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Change, SourceItem, Subscription } from '@/worker/source/source';
import { emptyDatabase } from '@/worker/testing/postgres';
import { ensurePublication } from './publication';
import { type EnsuredSlot, ensureSlot } from './slot';
import { openSubscription } from './subscription';

/** A source database of a test, with one stream's names, and what was received of it. For `*.pg.test.ts` only. */
export interface SourceFixture {
  readonly source: SourceConnection;
  readonly client: pg.Client;
  readonly streamId: string;
  readonly slotName: string;
  readonly publicationName: string;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Publication and slot for one table. */
  provision(table: string, spec?: Partial<SourceSpec>): Promise<EnsuredSlot>;
  subscribe(options?: { epoch?: number; onItem?: (item: SourceItem) => void }): Promise<Received>;
  confirmedFlush(): Promise<string | null>;
  drop(): Promise<void>;
}
export interface Received {
  readonly items: SourceItem[];
  readonly subscription: Subscription;
  changes(): Change[];
  /** Waits until it holds. */
  until(holds: (items: SourceItem[]) => boolean): Promise<void>;
}

export async function sourceFixture(): Promise<SourceFixture> {
  const database = await emptyDatabase();
  return fixtureOn(database.url, () => database.drop());
}

/** The same on a server of the test's own. */
export async function fixtureOn(url: string, dropDatabase: () => Promise<void>): Promise<SourceFixture> {
  const source = connectionOf(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const streamId = randomUUID();
  const name = slotNameFor('orders', streamId);
  const opened: Subscription[] = [];
  const query = async (text: string, values?: unknown[]) => (await client.query<Record<string, unknown>>(text, values)).rows;
  return {
    source,
    client,
    streamId,
    slotName: name,
    publicationName: name,
    query,
    async provision(table, spec = {}) {
      await ensurePublication({ source, publicationName: name, spec: specFor(table, spec) });
      return ensureSlot({ source, streamId, epoch: 1, slotName: name, publicationName: name, recorded: null, exportSnapshot: false });
    },
    async subscribe({ epoch = 1, onItem } = {}) {
      const items: SourceItem[] = [];
      const subscription = await openSubscription({ source, streamId, epoch, slotName: name, publicationName: name }, (item) => {
        items.push(item);
        onItem?.(item);
      });
      opened.push(subscription);
      return {
        items,
        subscription,
        changes: () => items.flatMap((item) => (item.kind === 'change' ? [item.change] : [])),
        until: (holds) => eventually(async () => holds(items)),
      };
    },
    async confirmedFlush() {
      const [row] = await query('select confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = $1', [name]);
      return (row?.lsn as string | undefined) ?? null;
    },
    async drop() {
      for (const subscription of opened) await subscription.close();
      const left = await query('select slot_name, active_pid from pg_replication_slots where database = current_database()');
      for (const { slot_name, active_pid } of left) {
        if (active_pid) await query('select pg_terminate_backend($1)', [active_pid]);
        await eventually(() =>
          query('select pg_drop_replication_slot($1)', [slot_name]).then(
            () => true,
            () => false,
          ),
        );
      }
      await client.end();
      await dropDatabase();
    },
  };
}

export function connectionOf(url: string): SourceConnection {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    username: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    tlsMode: 'disable',
  };
}

export function specFor(table: string, spec: Partial<SourceSpec> = {}): SourceSpec {
  return {
    type: 'PostgresLogicalReplication',
    database: 'shop',
    schema: 'public',
    table: { name: table },
    operations: ['insert', 'update', 'delete', 'truncate'],
    snapshot: 'no_data',
    ...spec,
  };
}

/** Waits until it holds; gives up after a minute. */
export async function eventually(holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come true within ${timeoutMs} ms`);
    await sleep(20);
  }
}
