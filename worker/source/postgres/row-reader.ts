import { applicationNameFor, quoteIdentifier } from '@/core/postgres/identifiers';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { RowKey, RowNow } from '@/worker/recovery/recovery';
import type { Tuple } from '@/worker/source/source';
import { withSource } from './connection';
import { publishedTable, RAW_TEXT, type TableRef } from './table-relation';

export interface RowOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  readonly epoch: number;
  readonly table: TableRef;
  /** A larger row is not read, bytes of its values as text. */
  readonly maxBytes: number;
}

/**
 * Reads one row as it is now, in the shape in which its changes are published; its size is asked for first, so that no row is too
 * large for memory. A row that the publication's filter leaves out counts as gone. Throws a SpillwayError: source_unreachable,
 * source_permission, table_missing.
 */
export async function readRow({ source, streamId, epoch, table, maxBytes }: RowOptions, key: RowKey): Promise<RowNow> {
  const session = {
    applicationName: applicationNameFor(streamId, epoch),
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 5_000,
    readOnly: true,
  };
  return withSource(source, session, async (client): Promise<RowNow> => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const { relation, select, condition } = await publishedTable(client, table);
    const names = [...key.keys()];
    const where = [...names.map((name, index) => `${quoteIdentifier(name)} = $${index + 1}`), ...(condition ? [condition] : [])].join(
      ' AND ',
    );
    const from = select.slice(select.indexOf(' FROM '));
    const sizes = relation.columns.map((column) => `coalesce(octet_length(${quoteIdentifier(column.name)}::text), 0)::bigint`);
    const values = [...key.values()];
    const [size] = (await client.query<{ bytes: string }>(`SELECT (${sizes.join(' + ')})::text AS bytes${from} WHERE ${where}`, values))
      .rows;
    if (!size) return { kind: 'gone' };
    if (Number(size.bytes) > maxBytes) return { kind: 'too_large', bytes: Number(size.bytes) };
    const text = `${select} WHERE ${where}`;
    const [tuple] = (await client.query<(string | null)[]>({ text, values, rowMode: 'array', types: RAW_TEXT })).rows;
    return tuple ? { kind: 'row', relation, tuple: tuple as Tuple } : { kind: 'gone' };
  });
}
