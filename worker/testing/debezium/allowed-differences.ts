import type { Difference } from './compare';
import { type Lossless, NumberText } from './lossless-json';

/** A difference to Debezium that is meant; docs/decisions/0007 says more. `covers` is as narrow as the reason. */
export interface AllowedDifference {
  readonly reason: string;
  covers(difference: Difference): boolean;
}

const VALUE = /^value\.after\.v(\[\d+\])*$/;
const PLACEHOLDER = '__debezium_unavailable_value';

const onPath = (path: RegExp, reason: string, also: (difference: Difference) => boolean = () => true): AllowedDifference => ({
  reason,
  covers: (difference) => path.test(difference.path) && also(difference),
});
/** A value of a column under test, of these types. */
const onType = (types: readonly string[], reason: string, also: (difference: Difference) => boolean = () => true): AllowedDifference =>
  onPath(VALUE, reason, (difference) => types.includes(difference.type) && also(difference));

const digits = (value: Lossless | undefined) => (value instanceof NumberText ? value.text : '');
const text = (value: Lossless | undefined) => (typeof value === 'string' ? value : '');
const isArray = (value: Lossless | undefined): value is readonly Lossless[] => Array.isArray(value);

/** What the engine writes with `include.unknown.datatypes=true`: bytes of the text, in the mode of bytea; its driver prints it with decimals. */
function sameInBytes({ ours, theirs }: Difference): boolean {
  const same = (decoded: string) => decoded === ours || decoded.replaceAll('.0', '') === ours;
  return (['base64', 'base64url', 'hex'] as const).some((coding) => same(Buffer.from(text(theirs), coding).toString('utf8')));
}

function sameObjectInString({ ours, theirs }: Difference): boolean {
  const sorted = (json: Lossless | undefined) => JSON.stringify(Object.entries(JSON.parse(text(json)) as object).sort());
  return sorted(ours) === sorted(theirs);
}

const INT64_MAX = 2n ** 63n - 1n;
const outOfInt64 = (value: string) => /^-?\d+$/.test(value) && (BigInt(value) > INT64_MAX || BigInt(value) < -INT64_MAX - 1n);

export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  onPath(/^value\.ts_(ms|us|ns)$/, 'clock: when the reader made the event'),
  onPath(/^value\.source\.version$/, 'the version of the program that made the event'),
  onPath(
    /^(headers|tombstone\[\d+\]\.headers)\.__debezium\.context\./,
    "identity of Debezium's own task (OpenLineage); means nothing of us",
  ),
  onPath(
    /^value\.source\.(ts_(ms|us|ns)|lsn|txId|sequence)$/,
    'snapshot: clock and position of the reading itself, two readings have two',
    ({ where }) => / r row /.test(where),
  ),
  onPath(
    /^value\.source\.snapshot$/,
    'snapshot: a stream of ours has one table, so its first and last row are first and last of all',
    ({ ours, theirs }) =>
      text(theirs) === `${text(ours)}_in_data_collection` ||
      (theirs === 'first' && ours === 'last') ||
      (theirs === 'first_in_data_collection' && ours === 'last') ||
      (theirs === 'last_in_data_collection' && ours === 'first'),
  ),
  onPath(
    /^value\.source\.sequence$/,
    'first transaction of a connection: the commit before it is not known',
    ({ ours, theirs }) => text(ours).startsWith('[null,') && text(ours).slice(6) === text(theirs).slice(text(theirs).indexOf(',') + 1),
  ),

  // Rows
  onPath(
    /^value\.before\.\w+$/,
    "delete under the default identity: columns that were not sent are null; Debezium writes the column's default or the type's, which looks like data",
    ({ table, ours, theirs, where }) =>
      ['rows.identity_default', 'rows.generated'].includes(table) &&
      / d \d/.test(where) &&
      ours === null &&
      (theirs === true ||
        theirs === '' ||
        theirs === 'none' ||
        theirs === '2020-01-01T00:00:00Z' ||
        /^1577836800(0{3}|0{6}|0{9})$/.test(digits(theirs))),
  ),
  onPath(
    /^((headers\.__debezium\.(newkey|oldkey)|key|tombstone\[\d+\]\.(key|headers\.__debezium\.newkey))\.|value\.before\.id$)/,
    'REPLICA IDENTITY USING INDEX: the key is the identity index. Debezium keys by the primary key, which a delete does not carry, so it sends deletes and tombstones of key 0',
    ({ table }) => table === 'rows.identity_index',
  ),
  onPath(
    /^(key|headers\.__debezium\.(newkey|oldkey)|tombstone\[\d+\]\.(key|headers\.__debezium\.newkey))#order$/,
    'fields of a key stand in the order of the table: the stream does not say in which order the key was declared',
    ({ table }) => table === 'rows.several_key_columns',
  ),
  onPath(
    /^(key|event|tombstone)$/,
    'FULL without a primary key has no key: a unique index that is not the identity may go without a word on the stream. Debezium takes it',
    ({ table }) => table === 'rows.unique_index_without_key',
  ),
  onPath(
    /^tombstone$/,
    'no tombstone without a key: there is nothing for a compacted topic to forget. Debezium sends a message of null and null',
    ({ table, ours }) => table === 'rows.no_key_full' && isArray(ours) && ours.length === 0,
  ),
  onPath(
    /^value\.after\.\w+(\[0\])?$/,
    'unchanged out-of-line array: the placeholder stands in it once. Debezium writes its bytes as numbers, a hash of it, or null, which look like data',
    ({ table, ours, theirs }) =>
      table === 'rows.toast_default' &&
      ((isArray(ours) &&
        ours.length === 1 &&
        ours[0] === PLACEHOLDER &&
        (theirs === null || (isArray(theirs) && digits(theirs[0]) === '95'))) ||
        (ours === PLACEHOLDER && theirs === 'b68a35a7-17ad-35b3-af2a-ae46edb4545a')),
  ),
  onPath(
    /^value\.after\.(nu|b)$/,
    'unchanged out-of-line numeric or bytea: the placeholder; Debezium writes null where it is no value of its schema, which looks like data',
    ({ table, ours, theirs }) =>
      table === 'rows.toast_default' && theirs === null && (ours === PLACEHOLDER || ours === Buffer.from(PLACEHOLDER).toString('base64')),
  ),
  onPath(
    /^value\.after\.twice$/,
    'snapshot: a generated column is in neither our snapshot nor the stream; Debezium reads it, and its stream does not have it',
    ({ table, ours, where }) => table === 'rows.generated' && ours === undefined && where.includes(' r row '),
  ),

  // Transactions
  onPath(
    /^value\.transaction\.(total|data_collection)_order$/,
    'numbers in a transaction are those of changes: a changed key is one change, two to Debezium',
    ({ type, ours, theirs }) => type === '' && Number(digits(ours)) < Number(digits(theirs)),
  ),
  onPath(
    /^value\.transaction\.(total|data_collection)_order$/,
    'numbers in a transaction count what Debezium stopped at: an offset with seconds (timetz)',
    ({ type, ours, theirs }) => type.startsWith('timetz') && Number(digits(ours)) === Number(digits(theirs)) + 1,
  ),
  onPath(
    /^value\.transaction\.data_collection_order$/,
    'a stream of ours has one table, so the number in the table is the number in the transaction; this publication has several',
    ({ table, ours, theirs }) =>
      ['rows.truncated_child', 'rows.Case_Twin', 'rows.other'].includes(table) && Number(digits(ours)) > Number(digits(theirs)),
  ),

  // Values
  onType(
    [
      'lquery',
      'ltxtquery',
      'tsquery',
      'pg_lsn',
      'xid',
      'xid8',
      'cid',
      'tid',
      'regclass',
      'regtype',
      'regproc',
      'txid_snapshot',
      'pg_snapshot',
      'jsonpath',
      'refcursor',
      'pair',
      'floats',
      'int4multirange',
      'int8multirange',
      'nummultirange',
      'tsmultirange',
      'tstzmultirange',
      'datemultirange',
      'line',
      'lseg',
      'box',
      'path',
      'polygon',
      'circle',
      'box[]',
    ],
    'types that Debezium does not know are their text; Debezium leaves them out, or bytes of the text with include.unknown.datatypes',
    sameInBytes,
  ),
  onType(
    ['int2vector', 'oidvector'],
    'vectors are their text; Debezium loses the elements',
    ({ ours, theirs }) => typeof ours === 'string' && (theirs === null || (isArray(theirs) && theirs.length === 0)),
  ),
  onType(['float4', 'float8'], 'the same float, in the digits of Postgres instead of those of Java', ({ type, ours, theirs }) =>
    type === 'float4'
      ? Math.fround(Number(digits(ours))) === Math.fround(Number(digits(theirs)))
      : Number(digits(ours)) === Number(digits(theirs)),
  ),
  onType(
    ['numeric(3,-2)'],
    'negative scale: Debezium takes it for thousands of digits after the point',
    ({ ours, theirs }) => text(theirs).replace(/\.0{1000,}$/, '') === ours || text(theirs).length > 1000,
  ),
  onType(
    ['numeric', 'numeric(10,2)'],
    'NaN and infinities in decimal.handling.mode=precise are an object that says so; Debezium stops there, or writes null when it is told to go on',
    ({ ours, theirs }) => typeof ours === 'object' && ours !== null && 'special' in ours && theirs === null,
  ),
  onType(['hstore'], 'pairs of an hstore in the order of Postgres instead of that of a hash map', sameObjectInString),
  onPath(
    /^value\.after\.v#order$/,
    'pairs of an hstore in the order of Postgres instead of that of a hash map',
    ({ type }) => type === 'hstore',
  ),
  onPath(
    VALUE,
    'infinity is called so in time.precision.mode=isostring; Debezium writes an ordinary-looking day or time',
    ({ type, ours, theirs }) => /^(date|timestamp)/.test(type) && /^-?infinity$/.test(text(ours)) && /-\d\d-\d\d.*Z$/.test(text(theirs)),
  ),
  onType(
    ['date', 'date[]'],
    'infinite dates are the limits of int32; Debezium writes days of the year -5877611, or a wrong day in arrays',
    ({ ours }) => ['2147483647', '-2147483648'].includes(digits(ours)),
  ),
  onType(
    ['interval'],
    'infinite intervals are the limits of int64, or called so in interval.handling.mode=string; Debezium writes 0',
    ({ ours, theirs }) =>
      (['9223372036854775807', '-9223372036854775808'].includes(digits(ours)) && digits(theirs) === '0') ||
      (/^-?infinity$/.test(text(ours)) && theirs === 'P0Y0M0DT0H0M0S'),
  ),
  onPath(
    VALUE,
    'exact beyond int64, where Debezium overflows to another time, stops counting, or in nanoseconds writes null',
    ({ type, ours, theirs }) => /^(timestamp|interval$)/.test(type) && outOfInt64(digits(ours)) && !outOfInt64(digits(theirs)),
  ),
  onType(
    ['interval day to second(2)'],
    'exact microseconds; Debezium counts an interval in a double and may be one off',
    ({ ours, theirs }) => BigInt(digits(ours)) - BigInt(digits(theirs)) === 1n,
  ),
  onType(
    ['date'],
    'snapshot: days before 1582-10-15 are counted as in the stream; Debezium reads them through the Julian calendar of java.sql.Date',
    ({ ours, theirs, where }) =>
      where.includes(' r row ') &&
      ((Number(digits(ours)) < -141_427 && digits(theirs) !== '') || (/^(-|1582-10)/.test(text(ours)) && /Z$/.test(text(theirs)))),
  ),
  onType(
    ['timetz', 'timetz(0)', 'timetz(3)'],
    "an offset with seconds (timetz) is null in Debezium's snapshot",
    ({ ours, theirs }) => typeof ours === 'string' && theirs === null,
  ),
  {
    reason: 'an offset with seconds (timetz) stops Debezium',
    covers: ({ path, type, theirs }) => path === 'event' && type.startsWith('timetz') && theirs === undefined,
  },
  onPath(
    /^value\.after\.v$/,
    'arrays of enums, domains, composites, bits, NaN and of types of extensions are there; Debezium writes null',
    ({ type, ours, theirs }) => type.endsWith('[]') && isArray(ours) && theirs === null,
  ),
  onPath(
    VALUE,
    'arrays of several dimensions stay nested; Debezium writes null or the address of a Java object in them',
    ({ type, ours, theirs }) => type.endsWith('[]') && isArray(ours) && (theirs === null || text(theirs).startsWith('[Ljava.lang.')),
  ),
  onPath(
    VALUE,
    'array types that Debezium leaves out of the row are there',
    ({ type, theirs }) => type.endsWith('[]') && theirs === undefined,
  ),
  onType(['time[]', 'timetz[]'], 'times in arrays keep their microseconds; Debezium cuts them off', ({ ours, theirs }) =>
    digits(ours)
      ? [1000n, 1_000_000n].some((unit) => BigInt(digits(ours)) / unit === BigInt(digits(theirs)) / unit)
      : text(ours).startsWith(text(theirs).slice(0, -1)),
  ),
];
