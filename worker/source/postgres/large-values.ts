import { quoteIdentifier } from '@/core/postgres/identifiers';
import { wholeCharacters } from '@/core/utf8';
import { type Column, type CutValue, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';

const PREVIEW_CHARACTERS = 512;
/** What is stored in fewer bytes is not measured: compression makes a hundredth of a value at best. */
const MEASURED_FROM = 64 * 1024;
/** Types whose values are never large. */
const SMALL = new Set(
  'int2 int4 int8 oid float4 float8 bool date time timetz timestamp timestamptz interval uuid money inet cidr macaddr point'.split(' '),
);
const TEXTS = new Set(['text', 'varchar', 'bpchar']);

/** The parts of a SELECT that leaves values over a bound on the server. */
export interface SelectWithoutLarge {
  /** One expression a column, in their order. */
  readonly columns: readonly string[];
  /** One text more, which names what was left out; `withoutMarks` reads it. */
  readonly marks: string;
}

/** Values of more than `wholeBytes` as text come as NULL, and are named with their size and how they begin. Those of a key never do. */
export function selectWithoutLarge(relation: Relation, wholeBytes: number): SelectWithoutLarge {
  const marks: string[] = [];
  const columns = relation.columns.map((column, index) => {
    const name = quoteIdentifier(column.name);
    const key = column.primaryKey || (column.identity && relation.replicaIdentity !== 'full');
    if (key || SMALL.has(column.typeName)) return name;
    const size = sizeOf(column, name);
    const large = `pg_column_size(${name}) > ${MEASURED_FROM} AND ${size} > ${wholeBytes}`;
    const preview = `translate(encode(convert_to(${previewOf(column, name)}, 'UTF8'), 'base64'), E'\\n', '')`;
    marks.push(`CASE WHEN ${large} THEN ' ${index}:' || ${size} || ':' || ${preview} ELSE '' END`);
    return `CASE WHEN ${large} THEN NULL ELSE ${name} END AS ${name}`;
  });
  return { columns, marks: marks.length > 0 ? marks.map((mark) => `coalesce(${mark}, '')`).join(' || ') : `''` };
}

/** A row of such a SELECT, given the relation whose columns it has: the marks say which of its NULLs are none. */
export function withoutMarks(row: Tuple, marks: string): { readonly tuple: Tuple; readonly cut?: readonly CutValue[] } {
  if (marks === '') return { tuple: row };
  const tuple = [...row];
  const cut = marks
    .trim()
    .split(' ')
    .flatMap((mark): CutValue[] => {
      const [index, bytes, preview = ''] = mark.split(':');
      const column = Number(index);
      // A later event of the stream may have brought another value.
      if (tuple[column] !== null) return [];
      tuple[column] = UNCHANGED;
      return [{ side: 'after', column, bytes: Number(bytes), preview: wholeCharacters(Buffer.from(preview, 'base64')) }];
    });
  return cut.length > 0 ? { tuple, cut } : { tuple: row };
}

/** Bytes as text. Of text and bytea the server knows them without reading the value. */
function sizeOf({ typeName }: Column, name: string): string {
  if (TEXTS.has(typeName)) return `octet_length(${name})::bigint`;
  return typeName === 'bytea' ? `(octet_length(${name})::bigint * 2 + 2)` : `octet_length(${name}::text)::bigint`;
}

function previewOf({ typeName }: Column, name: string): string {
  if (typeName === 'bytea') return `'\\x' || encode(substring(${name} from 1 for ${PREVIEW_CHARACTERS / 2}), 'hex')`;
  return `left(${TEXTS.has(typeName) ? name : `${name}::text`}, ${PREVIEW_CHARACTERS})`;
}
