import type { Client } from 'pg';
import type { Tuple } from '@/worker/source/source';
import { RAW_TEXT } from './table-relation';

const MOST_ROWS = 1000;
/** What the fetches of all readers together may bring, when rows are as wide as the widest so far. */
const FETCH_BYTES = 4 * 1024 * 1024;

/** Conditions that share the blocks of a table out among readers; one that is always true when there is nothing to share. */
export function blockRanges(blocks: number, readers: number): string[] {
  const count = Math.max(1, Math.min(readers, blocks));
  const start = (index: number) => Math.floor((blocks * index) / count);
  return Array.from({ length: count }, (_, index) => {
    const from = index === 0 ? [] : [`ctid >= '(${start(index)},0)'::tid`];
    // The last one has no end: the table may have grown since.
    const to = index === count - 1 ? [] : [`ctid < '(${start(index + 1)},0)'::tid`];
    return [...from, ...to].join(' AND ') || 'true';
  });
}

/** Rows of cursors that are open on several connections, in whatever order they come. Each fetches only once its last rows were taken. */
export async function* mergedRows(clients: readonly Client[], cursor: string): AsyncGenerator<readonly Tuple[], void, undefined> {
  const budget = FETCH_BYTES / clients.length;
  const pending = new Map(clients.map((client) => [client, fetchNext(client, cursor, { want: 1, widest: 1 }, budget)]));
  try {
    while (pending.size > 0) {
      const { client, rows, next } = await Promise.race(pending.values());
      if (next) pending.set(client, fetchNext(client, cursor, next, budget));
      else pending.delete(client);
      if (rows.length > 0) yield rows;
    }
  } finally {
    // Whoever gave up closes the connections; what they still answer is for nobody.
    for (const fetched of pending.values()) fetched.catch(() => undefined);
  }
}

interface Want {
  readonly want: number;
  readonly widest: number;
}
interface Fetched {
  readonly client: Client;
  readonly rows: readonly Tuple[];
  /** Null when its cursor is exhausted. */
  readonly next: Want | null;
}

async function fetchNext(client: Client, cursor: string, { want, widest }: Want, budget: number): Promise<Fetched> {
  const text = `FETCH ${want} FROM ${cursor}`;
  const { rows } = await client.query<(string | null)[]>({ text, rowMode: 'array', types: RAW_TEXT });
  const wide = rows.reduce((most, row) => Math.max(most, tupleBytes(row)), widest);
  const next = rows.length < want ? null : { want: Math.max(1, Math.min(MOST_ROWS, want * 10, Math.floor(budget / wide))), widest: wide };
  return { client, rows, next };
}

/** What a row takes in memory, about. */
export function tupleBytes(tuple: Tuple): number {
  return tuple.reduce((sum, value) => sum + 8 + (typeof value === 'string' ? value.length : 0), 0);
}
