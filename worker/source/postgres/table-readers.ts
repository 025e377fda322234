import type { Client } from 'pg';
import type { Tuple } from '@/worker/source/source';
import { CopyStream } from './copy-out';
import type { WireRow } from './wire-row';

/** What all readers together may hold of rows that nobody has taken yet. */
const HOLD_BYTES = 512 * 1024;

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

/** Rows of one SELECT a connection, in whatever order they come. Each is read only as far ahead as there is room for. */
export async function* mergedRows(
  clients: readonly Client[],
  selects: readonly string[],
  columns: number,
): AsyncGenerator<readonly WireRow[], void, undefined> {
  const streams = clients.map((client, at) => new CopyStream(client, selects[at] ?? '', columns, HOLD_BYTES / clients.length));
  const next = async (stream: CopyStream) => ({ stream, rows: await stream.take() });
  const pending = new Map(streams.map((stream) => [stream, next(stream)]));
  try {
    while (pending.size > 0) {
      const { stream, rows } = await Promise.race(pending.values());
      if (rows.length === 0) pending.delete(stream);
      else {
        yield rows;
        pending.set(stream, next(stream));
      }
    }
  } finally {
    // Whoever gave up closes the connections; what they still answer is for nobody.
    for (const taken of pending.values()) taken.catch(() => undefined);
    for (const stream of streams) stream.release();
  }
}

/** What a row takes in memory, about. */
export function tupleBytes(tuple: Tuple): number {
  return tuple.reduce((sum, value) => sum + 8 + (typeof value === 'string' ? value.length : 0), 0);
}
