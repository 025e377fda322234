import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { quoteIdentifier, quoteQualified } from '@/core/postgres/identifiers';
import type { PartitionNames, SourceSpec } from '@/core/spec/source';
import type { CutValue, Relation, Tuple } from '@/worker/source/source';
import { BUILTIN_TYPES } from './builtin-types';
import { lookUpTypes } from './catalog-lookup';
import { selectWithoutLarge, withoutMarks } from './large-values';
import { keyPlace, type ResolvedType } from './relation-cache';
import { filterClause } from './row-filter';
import { type DescribedColumn, describeLeaves, describeTable, type TableDescription } from './table-description';

export interface TableRef {
  readonly schema: string;
  readonly table: string;
  /** Column list of the stream; absent = every column but generated ones, which the server does not publish by itself. */
  readonly columns?: readonly string[];
  /** SQL condition of the publication. */
  readonly rowFilter?: string;
  /** Stored generated columns are published too. */
  readonly generatedColumns?: boolean;
  /** Rows are read without values over this, bytes as text (PlacedRow.cut names them); absent = whatever size they have. */
  readonly wholeValueBytes?: number;
  /** Under which name rows of partitions are published. Absent = root. */
  readonly partitions?: PartitionNames;
}

/** The table that a spec names, in the form in which it is published. */
export function tableRefOf({ schema, table, columns, rowFilter, generatedColumns, partitions }: SourceSpec): TableRef {
  return { schema, table: table.name, columns, rowFilter, generatedColumns, partitions };
}

export interface PublishedTable {
  readonly description: TableDescription;
  /** As the stream announces it, in the order of the table's columns; of a partitioned table the root, under whatever name it is published. */
  readonly relation: Relation;
  /** `SELECT … FROM …` of those columns, without WHERE. It may have further ones, which `place` needs. */
  readonly select: string;
  /** How many columns `select` has. */
  readonly columns: number;
  /** What a row of `select` has behind the columns of `relation`: marks, which are empty for a row that is whole, or what tells its partition. */
  readonly behind: 'nothing' | 'marks' | 'partition';
  /** `(…)`: the row filter, to be put behind WHERE whenever rows are read; null when every row is published. */
  readonly condition: string | null;
  /**
   * A row of `select` under the relation whose name and columns it has on the stream. Throws source_unreachable (read again) for a row
   * of a partition that was attached after the look.
   */
  readonly place: (row: Tuple) => PlacedRow;
}
export interface PlacedRow {
  readonly relation: Relation;
  readonly tuple: Tuple;
  /** Values that were too large to be read; UNCHANGED stands for them. Never empty. */
  readonly cut?: readonly CutValue[];
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
  const byLeaf = ref.partitions === 'leaf' && description.relkind === 'p';
  const leaves = byLeaf ? await describeLeaves(client, description.oid) : [];
  const typeOids = [description, ...leaves].flatMap((table) => publishedColumns(table, ref).map(({ typeOid }) => typeOid));
  const types = await lookUpTypes(
    client,
    [...new Set(typeOids)].filter((oid) => !BUILTIN_TYPES.has(oid)),
  );
  const relation = relationOf(description, ref, types);
  const only = description.relkind === 'p' ? '' : 'ONLY ';
  const lean = ref.wholeValueBytes === undefined ? null : selectWithoutLarge(relation, ref.wholeValueBytes);
  const columns = lean?.columns ?? relation.columns.map(({ name }) => quoteIdentifier(name));
  const list = [...columns, ...(byLeaf ? ['tableoid'] : []), ...(lean ? [lean.marks] : [])];
  const place = byLeaf
    ? placeInLeaf(
        relation,
        leaves.map((leaf) => relationOf(leaf, ref, types)),
      )
    : (tuple: Tuple) => ({ relation, tuple });
  return {
    description,
    relation,
    select: `SELECT ${list.join(', ')} FROM ${only}${quoteQualified(ref.schema, ref.table)}`,
    columns: list.length,
    behind: byLeaf ? 'partition' : lean ? 'marks' : 'nothing',
    condition: ref.rowFilter ? filterClause(ref.rowFilter) : null,
    place: lean ? placeLean(relation, place) : place,
  };
}

function placeLean(root: Relation, place: PublishedTable['place']): PublishedTable['place'] {
  return (row) => {
    const { tuple, cut } = withoutMarks(row.slice(0, -1), String(row.at(-1) ?? ''));
    const placed = place(tuple);
    if (!cut) return placed;
    const inPlace = (column: number) => placed.relation.columns.findIndex(({ name }) => name === root.columns[column]?.name);
    return { ...placed, cut: cut.map((value) => ({ ...value, column: inPlace(value.column) })) };
  };
}

function publishedColumns(table: TableDescription, ref: TableRef): readonly DescribedColumn[] {
  return table.columns.filter((column) =>
    ref.columns ? ref.columns.includes(column.name) : !column.generated || (ref.generatedColumns === true && column.stored),
  );
}

function relationOf(table: TableDescription, ref: TableRef, types: ReadonlyMap<number, ResolvedType>): Relation {
  const published = publishedColumns(table, ref);
  // A part of a key is none.
  const key = table.keyColumns.every((name) => published.some((column) => column.name === name)) ? table.keyColumns : [];
  const columns = published.map((column) => {
    const type = types.get(column.typeOid);
    return {
      name: column.name,
      typeOid: column.typeOid,
      typeModifier: column.typeModifier === -1 && type ? type.typeModifier : column.typeModifier,
      typeName: BUILTIN_TYPES.get(column.typeOid) ?? type?.name ?? 'unknown',
      ...keyPlace(key, column.name),
      identity: table.identityColumns.includes(column.name),
    };
  });
  return { oid: table.oid, schema: table.schema, table: table.name, replicaIdentity: table.replicaIdentity, columns };
}

/** A partition's columns have the names of the root's, not always their order. */
function placeInLeaf(root: Relation, leaves: readonly Relation[]): (row: Tuple) => PlacedRow {
  const placed = new Map(
    leaves.map((leaf) => [
      String(leaf.oid),
      { relation: leaf, order: leaf.columns.map(({ name }) => root.columns.findIndex((column) => column.name === name)) },
    ]),
  );
  return (row) => {
    const leaf = placed.get(String(row[root.columns.length]));
    if (!leaf) throw new SpillwayError('source_unreachable', `A partition of ${root.schema}.${root.table} was attached while it was read`);
    return { relation: leaf.relation, tuple: leaf.order.map((place) => row[place] ?? null) };
  };
}

/** Parsers that leave every value as the server's text, as pgoutput sends it. For results in rowMode array. */
export const RAW_TEXT = { getTypeParser: () => (value: string | Buffer) => value };
