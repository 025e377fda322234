import type { Client } from 'pg';
import { quoteIdentifier, quoteLiteral } from '@/core/postgres/identifiers';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { Relation } from '@/worker/source/source';
import { connectSource, endQuietly } from './connection';
import { filterClause } from './row-filter';
import { toSourceError } from './source-error';
import { RAW_TEXT } from './table-relation';

export interface PresentValuesOptions {
  /** Where the stream is read from now. */
  readonly source: () => SourceConnection;
  readonly applicationName: string;
  /** A row that it leaves out counts as gone. */
  readonly rowFilter?: string;
  /** A larger value is not read, bytes of its text. */
  readonly maxValueBytes: number;
}

/** What is asked of one table. */
export interface Wanted {
  readonly relation: Relation;
  /** Names of columns. */
  readonly columns: readonly string[];
  /** Values of the primary key's columns, in the order of `relation.columns`, as text. */
  readonly keys: readonly (readonly string[])[];
}
/** Key (JSON of its values as they were given) → column → text; what is missing is gone, or too large. */
export type PresentValues = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 5_000;
/** One query brings about this many bytes. */
const FETCH_BYTES = 4 * 1024 * 1024;

/**
 * Reads values as their rows have them now, READ COMMITTED, by primary key: for what the stream left out as unchanged. One connection,
 * opened when it is needed and again after a fault. Sizes are asked for first, so that no answer is large. Throws SpillwayErrors of the
 * source; a table, a column or a row that is not there any more is no error.
 */
export class PresentValuesReader {
  private client: Client | null = null;

  constructor(private readonly options: PresentValuesOptions) {}

  async read({ relation, columns: asked, keys }: Wanted): Promise<PresentValues> {
    const found = new Map<string, ReadonlyMap<string, string | null>>();
    try {
      this.client ??= await this.connect();
      const { client } = this;
      const table = await tableNow(client, relation.oid);
      const key = relation.columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name);
      const columns = asked.filter((name) => table?.columns.includes(name));
      if (!table || key.length === 0 || columns.length === 0 || !key.every((name) => table.columns.includes(name))) return found;
      const rows = (some: readonly (readonly string[])[]) => this.rowsOf(table, key, some);
      for (const group of await this.groups(client, key, columns, rows(keys))) await this.fetch(client, key, columns, rows(group), found);
      return found;
    } catch (thrown) {
      await this.close();
      throw toSourceError(thrown, 'Reading values that the stream left out as unchanged failed');
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    if (client) await endQuietly(client);
  }

  private connect(): Promise<Client> {
    const { source, applicationName } = this.options;
    const timeouts = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS };
    return connectSource(source(), {
      applicationName,
      readOnly: true,
      ...timeouts,
      settings: ['idle_session_timeout=0', 'row_security=off'],
    });
  }

  /** `FROM … WHERE key IN (…)`: literals take the types of the columns that they are compared with. */
  private rowsOf({ relkind, name }: TableNow, key: readonly string[], keys: readonly (readonly string[])[]): string {
    const { rowFilter } = this.options;
    const list = keys.map((values) => `(${values.map(quoteLiteral).join(', ')})`).join(', ');
    const match = `(${key.map(quoteIdentifier).join(', ')}) IN (${list})`;
    return `FROM ${relkind === 'p' ? '' : 'ONLY '}${name} WHERE ${match}${rowFilter ? ` AND ${filterClause(rowFilter)}` : ''}`;
  }

  /** Keys whose values fit into one answer together. */
  private async groups(client: Client, key: readonly string[], columns: readonly string[], rows: string): Promise<string[][][]> {
    const sizes = columns.map((name) => `least(${lengthOf(name)}, ${this.options.maxValueBytes})`).join(' + ');
    const text = `SELECT ${key.map(quoteIdentifier).join(', ')}, ${sizes} ${rows}`;
    const groups: string[][][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const row of (await client.query<string[]>({ text, rowMode: 'array', types: RAW_TEXT })).rows) {
      bytes += Number(row.at(-1));
      if (bytes > FETCH_BYTES) {
        groups.push([]);
        bytes = Number(row.at(-1));
      }
      groups.at(-1)?.push(row.slice(0, -1));
    }
    return groups;
  }

  private async fetch(
    client: Client,
    key: readonly string[],
    columns: readonly string[],
    rows: string,
    found: Map<string, ReadonlyMap<string, string | null>>,
  ): Promise<void> {
    const { maxValueBytes } = this.options;
    const values = columns.flatMap((name) => {
      const fits = `${lengthOf(name)} <= ${maxValueBytes}`;
      return [fits, `CASE WHEN ${fits} THEN ${quoteIdentifier(name)} END`];
    });
    const text = `SELECT ${[...key.map(quoteIdentifier), ...values].join(', ')} ${rows}`;
    for (const row of (await client.query<(string | null)[]>({ text, rowMode: 'array', types: RAW_TEXT })).rows) {
      const at = (index: number) => key.length + index * 2;
      const here = columns.flatMap((name, index): [string, string | null][] =>
        row[at(index)] === 't' ? [[name, row[at(index) + 1] ?? null]] : [],
      );
      found.set(JSON.stringify(row.slice(0, key.length)), new Map(here));
    }
  }
}

interface TableNow {
  /** Quoted, with its schema: search_path is empty. */
  readonly name: string;
  readonly relkind: string;
  readonly columns: readonly string[];
}

/** By oid: a table that was renamed is still the one that the event is about. */
async function tableNow(client: Client, oid: number): Promise<TableNow | null> {
  const found = await client.query<TableNow>(
    `select c.oid::regclass::text as name, c.relkind::text as relkind,
            array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
       from pg_class c where c.oid = $1::oid`,
    [oid],
  );
  return found.rows[0] ?? null;
}

function lengthOf(column: string): string {
  return `coalesce(octet_length(${quoteIdentifier(column)}::text), 0)`;
}
