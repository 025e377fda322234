import { quoteIdentifier } from '../postgres/identifiers';
import type { EventFilter } from './filter';
import type { SourceSpec } from './source';

/** A condition on one row that is true or false, never unknown. */
export type RowCondition =
  | { readonly kind: 'compare'; readonly column: string; readonly operator: Comparison; readonly value: Literal }
  | { readonly kind: 'all' | 'any'; readonly of: readonly RowCondition[] }
  | { readonly kind: 'not'; readonly of: RowCondition };
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Literal = bigint | string | boolean | null;

/** A condition joined with others by `and`: what the server could decide (null = it cannot), and its text in its own language. */
export interface Conjunct {
  readonly condition: RowCondition | null;
  readonly text: string;
}
export interface PushdownColumn {
  readonly name: string;
  readonly typeName: string;
  readonly neverNull: boolean;
}

/** What may move to `source.rowFilter`, and the filter that is left. */
export interface Pushdown {
  readonly rowFilter: string;
  readonly filter: EventFilter | null;
}

/**
 * What of a filter the server can decide with the same outcome. Offered for streams of inserts only: with updates or deletes a row filter
 * turns a row that leaves it into a delete, which no filter of ours does. Null = nothing. The languages are loaded when they are used.
 */
export async function pushdownOf(
  filter: EventFilter | undefined,
  source: Pick<SourceSpec, 'operations' | 'partitions' | 'rowFilter'>,
  columns: readonly PushdownColumn[],
): Promise<Pushdown | null> {
  if (!filter || source.partitions === 'leaf' || source.operations.some((operation) => operation === 'update' || operation === 'delete'))
    return null;
  const { changedColumns, cel, jsonPath } = filter;
  const ofCel = cel === undefined ? null : split((await import('./filter-pushdown-cel')).celConjuncts(cel), columns, 'fails on NULL');
  const ofPath =
    jsonPath === undefined
      ? null
      : split((await import('./filter-pushdown-json-path')).jsonPathConjuncts(jsonPath), columns, 'false on NULL');
  const moved = [...(ofCel?.sql ?? []), ...(ofPath?.sql ?? [])];
  if (moved.length === 0) return null;
  const left = {
    ...(changedColumns ? { changedColumns } : {}),
    ...(ofCel?.rest.length ? { cel: ofCel.rest.join(' && ') } : {}),
    ...(ofPath?.rest.length ? { jsonPath: `[?(${ofPath.rest.join(' && ')})]` } : {}),
  };
  const before = source.rowFilter ? [`(${source.rowFilter})`] : [];
  return { rowFilter: [...before, ...moved].join(' AND '), filter: Object.keys(left).length > 0 ? left : null };
}

/** What a comparison by order with NULL does in the filter's language. */
type OnNull = 'fails on NULL' | 'false on NULL';

function split(conjuncts: readonly Conjunct[], columns: readonly PushdownColumn[], onNull: OnNull): { sql: string[]; rest: string[] } {
  // A condition `x != null` beside the others means that they are only asked of rows where x is there.
  const guarded = new Set(conjuncts.flatMap(({ condition }) => (condition && isGuard(condition) ? [condition.column] : [])));
  const known = new Map(columns.map((column) => [column.name, { ...column, neverNull: column.neverNull || guarded.has(column.name) }]));
  const sql: string[] = [];
  const rest: string[] = [];
  for (const { condition, text } of conjuncts) {
    const nullable = new Map(columns.map((column) => [column.name, column]));
    const translated = condition && sqlOf(condition, isGuard(condition) ? nullable : known, onNull);
    if (translated) sql.push(translated);
    else rest.push(text);
  }
  return { sql, rest };
}

function isGuard(condition: RowCondition): condition is Extract<RowCondition, { kind: 'compare' }> {
  return condition.kind === 'compare' && condition.operator === '!=' && condition.value === null;
}

type Known = ReadonlyMap<string, PushdownColumn>;

function sqlOf(condition: RowCondition, columns: Known, onNull: OnNull): string | null {
  switch (condition.kind) {
    case 'compare': {
      const column = columns.get(condition.column);
      return column ? comparison(column, condition.operator, condition.value, onNull) : null;
    }
    case 'not': {
      const of = sqlOf(condition.of, columns, onNull);
      return of && `NOT (${of})`;
    }
    default: {
      const parts = condition.of.map((part) => sqlOf(part, columns, onNull));
      return parts.every((part) => part !== null) ? `(${parts.join(condition.kind === 'all' ? ' AND ' : ' OR ')})` : null;
    }
  }
}

const INTEGERS: Readonly<Record<OnNull, ReadonlySet<string>>> = {
  'fails on NULL': new Set(['int2', 'int4', 'int8']),
  // A larger int8 makes JSONPath fail, and the server not.
  'false on NULL': new Set(['int2', 'int4']),
};
/** Types whose equality is that of their text, to the byte. */
const TEXTS = new Set(['text', 'varchar']);

function comparison({ name, typeName, neverNull }: PushdownColumn, operator: Comparison, value: Literal, onNull: OnNull): string | null {
  const column = quoteIdentifier(name);
  const equality = operator === '==' || operator === '!=';
  if (value === null) return equality ? `${column} IS ${operator === '==' ? '' : 'NOT '}NULL` : null;
  const literal = literalFor(typeName, value, onNull);
  // Text is ordered by collation in the server, by code point here.
  if (literal === null || (!equality && typeof value !== 'bigint')) return null;
  if (equality) {
    if (neverNull) return `${column} ${operator === '==' ? '=' : '<>'} ${literal}`;
    return `${column} IS ${operator === '==' ? 'NOT ' : ''}DISTINCT FROM ${literal}`;
  }
  if (neverNull) return `${column} ${operator} ${literal}`;
  return onNull === 'false on NULL' ? `(${column} ${operator} ${literal}) IS TRUE` : null;
}

function literalFor(typeName: string, value: bigint | string | boolean, onNull: OnNull): string | null {
  if (typeof value === 'bigint') return INTEGERS[onNull].has(typeName) ? `${value < 0n ? `(${value})` : value}` : null;
  if (typeof value === 'boolean') return typeName === 'bool' ? String(value) : null;
  return TEXTS.has(typeName) && !/[\\\0]/.test(value) ? `'${value.replaceAll("'", "''")}'` : null;
}
