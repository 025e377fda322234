import { type Client, DatabaseError } from 'pg';
import { messageOf, SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';
import { filterShape } from '@/core/spec/row-filter';
import { sqlstateOf } from './source-error';
import type { TableDescription } from './table-description';

/** Oids of a database's own types and functions start here (FirstNormalObjectId, access/transam.h). */
const FIRST_OWN_OID = 16_384;

export interface FilterProblem {
  /** With the server's words where it said some. */
  readonly finding: string;
  readonly remedy: string;
}

/** `(filter)`, to be put behind WHERE. The line break ends what a lexer of another version might take for a comment. */
export function filterClause(rowFilter: string): string {
  return `(${rowFilter}\n)`;
}

/**
 * Asks the server whether a row filter is a condition that a publication of this table may have; null when it is. Nothing is written
 * and no function of the database runs: the text is looked at first (core/spec/row-filter.ts), functions have to be built in and
 * immutable, and then the server parses and plans `SELECT … WHERE (filter) LIMIT 0`, one statement by the extended protocol. Its FROM
 * is a subquery that has only the columns that the filter may name, so that the server itself finds any other: system columns, those of
 * own types, and, when updates or deletes are published, those outside the replica identity. CREATE PUBLICATION would take these last
 * ones, and then the application's own updates and deletes fail (Postgres docs, 29.4.1).
 */
export async function rowFilterProblem(
  client: Client,
  table: TableDescription,
  rowFilter: string,
  operations: readonly string[],
): Promise<FilterProblem | null> {
  const shape = filterShape(rowFilter);
  if (shape.trouble) return { finding: `This is not one condition: ${shape.trouble}.`, remedy: 'Write it as after WHERE, without WHERE.' };
  const foreign = await notBuiltIn(client, shape.calls);
  if (foreign.length > 0) {
    return {
      finding: `${foreign.join(', ')}: no built-in immutable function. A publication may call no other (Postgres: "User-defined or built-in mutable functions are not allowed").`,
      remedy: 'Use columns, constants and built-in functions whose result depends on their arguments alone.',
    };
  }
  const qualified = quoteQualified(table.schema, table.name);
  const ask = async (columns: readonly { readonly name: string }[]) => {
    const list = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
    const before = `select 1 from (select ${list} from only ${qualified}) as "spillway row" where `;
    try {
      await client.query(`${before}${filterClause(rowFilter)} limit $1`, [0]);
      return null;
    } catch (thrown) {
      if (sqlstateOf(thrown) === null) throw thrown;
      // The closing parenthesis is ours: whoever reads of it would look for one of their own.
      const isAtItsEnd = thrown instanceof DatabaseError && Number(thrown.position) > [...before, ...rowFilter].length + 1;
      return isAtItsEnd ? 'syntax error at the end: something is missing there' : messageOf(thrown);
    }
  };
  const whole = await ask(table.columns);
  if (whole) return { finding: `Postgres says: ${whole}.`, remedy: `Columns of ${qualified}: ${namesOf(table.columns)}.` };
  const plain = table.columns.filter(({ typeOid }) => typeOid < FIRST_OWN_OID);
  const ownType = await ask(plain);
  if (ownType) {
    return {
      finding: `A publication may compare only columns of built-in types. Postgres says: ${ownType}.`,
      remedy: `Use only ${namesOf(plain)}.`,
    };
  }
  if (!operations.some((operation) => operation === 'update' || operation === 'delete')) return null;
  const identity = plain.filter(({ name }) => table.identityColumns.includes(name));
  const outside = identity.length > 0 ? await ask(identity) : null;
  if (!outside) return null;
  // Not the server's own words: it was asked about a subquery without that column, so it says that the column does not exist.
  const named = /"([^"]+)"/.exec(outside)?.[1];
  return {
    finding: `The filter names ${named ? quoteIdentifier(named) : 'a column'}, which is not in the replica identity. With updates and deletes published, Postgres would refuse those statements to the application that writes the table.`,
    remedy: `Use only ${namesOf(identity)}; or deliver inserts only; or have the owner of the table run: ALTER TABLE ${qualified} REPLICA IDENTITY FULL;`,
  };
}

/** The same as an error; for readings that run the filter. */
export async function assertRowFilter(client: Client, table: TableDescription, rowFilter: string, operations: readonly string[]) {
  const problem = await rowFilterProblem(client, table, rowFilter, operations);
  if (!problem) return;
  const remedy = `${problem.finding} ${problem.remedy}`;
  throw new SpillwayError('invalid_input', remedy, { problems: [{ field: 'source.rowFilter', value: rowFilter, remedy }] });
}

/** Of these functions the ones that are not built in, or whose result depends on more than their arguments. */
async function notBuiltIn(client: Client, calls: readonly string[]): Promise<string[]> {
  if (calls.length === 0) return [];
  const names = calls.map((call) => call.replace(/^pg_catalog\./, ''));
  const found = await client.query<{ name: string }>(
    `select n.name from unnest($1::text[]) n(name)
      where not coalesce((select bool_or(p.provolatile = 'i') and bool_and(p.provolatile <> 'v') from pg_proc p
                           where p.proname = n.name and p.pronamespace = 'pg_catalog'::regnamespace), false)`,
    [names],
  );
  return [...new Set(found.rows.map(({ name }) => name))];
}

function namesOf(columns: readonly { readonly name: string }[]): string {
  return columns.length > 0 ? columns.map(({ name }) => quoteIdentifier(name)).join(', ') : 'none';
}
