import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';
import type { SourceSpec } from '@/core/spec/source';
import type { Relation } from '@/worker/source/source';
import { BUILTIN_TYPES } from './builtin-types';
import { lookUpTypes } from './catalog-lookup';
import { filterClause } from './row-filter';
import { describeTable, type TableDescription } from './table-description';

export interface TableRef {
  readonly schema: string;
  readonly table: string;
  /** Column list of the stream; absent = every column but generated ones, which the server does not publish by itself. */
  readonly columns?: readonly string[];
  /** SQL condition of the publication. */
  readonly rowFilter?: string;
  /** Stored generated columns are published too. */
  readonly generatedColumns?: boolean;
}

/** The table that a spec names, in the form in which it is published. */
export function tableRefOf({ schema, table, columns, rowFilter, generatedColumns }: SourceSpec): TableRef {
  return { schema, table: table.name, columns, rowFilter, generatedColumns };
}

export interface PublishedTable {
  readonly description: TableDescription;
  /** As the stream announces it, in the order of the table's columns. */
  readonly relation: Relation;
  /** `SELECT … FROM …` of those columns, without WHERE. */
  readonly select: string;
  /** `(…)`: the row filter, to be put behind WHERE whenever rows are read; null when every row is published. */
  readonly condition: string | null;
}

/** A table in the shape in which its changes are published. Throws table_missing, invalid_input for unknown columns. */
export async function publishedTable(client: Client, ref: TableRef): Promise<PublishedTable> {
  const description = await describeTable(client, ref.schema, ref.table);
  if (!description) throw new SpillwayError('table_missing', `Table ${quoteQualified(ref.schema, ref.table)} does not exist`);
  const unknown = (ref.columns ?? []).filter((name) => !description.columns.some((column) => column.name === name));
  if (unknown.length > 0) {
    throw new SpillwayError(
      'invalid_input',
      `Table ${quoteQualified(ref.schema, ref.table)} has no column ${unknown.map(quoteIdentifier).join(', ')}`,
    );
  }
  const published = description.columns.filter((column) =>
    ref.columns ? ref.columns.includes(column.name) : !column.generated || (ref.generatedColumns === true && column.stored),
  );
  const types = await lookUpTypes(
    client,
    published.map((column) => column.typeOid).filter((oid) => !BUILTIN_TYPES.has(oid)),
  );
  const columns = published.map((column) => {
    const type = types.get(column.typeOid);
    return {
      name: column.name,
      typeOid: column.typeOid,
      typeModifier: column.typeModifier === -1 && type ? type.typeModifier : column.typeModifier,
      typeName: BUILTIN_TYPES.get(column.typeOid) ?? type?.name ?? 'unknown',
      primaryKey: description.primaryKey.includes(column.name),
      identity: description.identityColumns.includes(column.name),
    };
  });
  const relation = {
    oid: description.oid,
    schema: description.schema,
    table: description.name,
    replicaIdentity: description.replicaIdentity,
    columns,
  };
  const only = description.relkind === 'p' ? '' : 'ONLY ';
  const list = published.map((column) => quoteIdentifier(column.name)).join(', ');
  const select = `SELECT ${list} FROM ${only}${quoteQualified(ref.schema, ref.table)}`;
  return { description, relation, select, condition: ref.rowFilter ? filterClause(ref.rowFilter) : null };
}

/** Parsers that leave every value as the server's text, as pgoutput sends it. For results in rowMode array. */
export const RAW_TEXT = { getTypeParser: () => (value: string | Buffer) => value };
