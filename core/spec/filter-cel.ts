import { CelScalar, celEnv, celFunc, isCelError, isCelUint, parse, plan } from '@bufbuild/cel';
import { celNodes, columnOf, type Expr } from './filter-cel-tree';

/** What an expression may name. `row` is the new row, or the old one of a delete. */
export const CEL_NAMES = ['op', 'before', 'after', 'row', 'source'] as const;
const SCOPE = new Set<string>(CEL_NAMES);

/** An expression that does not compile, or fails on an event. The message holds nothing of a row. */
export class CelTrouble extends Error {
  constructor(
    message: string,
    /** Offset in the expression, from 0; null where it is not known. */
    readonly at: number | null,
    /** The column that a failed access named. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** One event. Integers are bigint; a value that was not sent is missing from its row. */
export interface CelEvent {
  readonly op: string;
  readonly before: ReadonlyMap<string, CelScalarValue> | null;
  readonly after: ReadonlyMap<string, CelScalarValue> | null;
  readonly source: ReadonlyMap<string, CelScalarValue>;
}
export type CelScalarValue = string | bigint | number | boolean | null;

/** The library makes NaN of text that is no number, and a comparison with it false: that would drop events without a word. */
const toDouble = celFunc('double', [CelScalar.STRING], CelScalar.DOUBLE, (text) => {
  const number = Number(text);
  if (text.trim() === '' || (Number.isNaN(number) && text !== 'NaN')) throw new Error('no number');
  return number;
});
const { STRING, DYN } = CelScalar;
const ENVIRONMENT = celEnv({ variables: { op: STRING, before: DYN, after: DYN, row: DYN, source: DYN }, funcs: [toDouble] });

/**
 * Compiles a condition. Throws CelTrouble with the position. Cost is bounded: an expression is at most 2,000 characters, values of rows are
 * scalars, so the only lists are those written out in it, macros over them do not nest, and regular expressions are RE2's (linear).
 * The returned function throws CelTrouble when the expression fails on an event or is neither true nor false.
 */
export function compileCel(text: string): (event: CelEvent) => boolean {
  const evaluate = compiled(text);
  return (event) => {
    const value = evaluate(event);
    if (typeof value === 'boolean') return value;
    throw new CelTrouble('the expression is neither true nor false on this event', null);
  };
}

/**
 * Compiles an expression that keys are made by. Throws CelTrouble as compileCel does; the returned function, too, when the expression fails
 * on an event or gives null or anything but text, a number, true or false. Numbers as JavaScript prints them; 1 and 1.0 are one key.
 */
export function compileCelKey(text: string): (event: CelEvent) => string {
  const evaluate = compiled(text);
  return (event) => {
    const value = evaluate(event);
    if (typeof value === 'string') return value;
    if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (isCelUint(value)) return String(value.value);
    throw new CelTrouble(`the expression is ${value === null ? 'null' : 'no text, number, true or false'} on this event`, null);
  };
}

function compiled(text: string): (event: CelEvent) => unknown {
  const { expr, positions } = parsed(text);
  refuseUnknown(expr, positions);
  const run = plan(ENVIRONMENT, expr);
  return ({ op, before, after, source }) => {
    const result = run({ op, before: mapOf(before), after: mapOf(after), row: mapOf(after ?? before), source: mapOf(source) });
    if (!isCelError(result)) return result;
    const at = result.exprId === undefined ? undefined : positions[String(result.exprId)];
    throw new CelTrouble(shown(result.message), at ?? null, /^field not found: (.*)$/s.exec(result.message)?.[1] ?? null);
  };
}

/** The library reads maps and never writes them. */
function mapOf(values: ReadonlyMap<string, CelScalarValue> | null): Map<string, CelScalarValue> | null {
  return values as Map<string, CelScalarValue> | null;
}

/** The tree, and where its nodes stand in the text. Throws CelTrouble. */
export function parsed(text: string): { readonly expr: Expr; readonly positions: Readonly<Record<string, number>> } {
  try {
    const { expr, sourceInfo } = parse(text);
    return { expr, positions: sourceInfo?.positions ?? {} };
  } catch (thrown) {
    const { rawMessage, message, location } = thrown as { rawMessage?: string; message: string; location?: { start: { offset: number } } };
    throw new CelTrouble(rawMessage ?? message, location?.start.offset ?? null);
  }
}

/** Columns of the rows that an expression reads by name, each once. Throws CelTrouble. */
export function celColumns(text: string): string[] {
  const columns = [...celNodes(parsed(text).expr)].flatMap(({ expr }) => {
    const read = columnOf(expr);
    return read && ROWS.has(read.side) ? [read.column] : [];
  });
  return [...new Set(columns)];
}
const ROWS = new Set(['before', 'after', 'row']);

/** What would fail on every event is refused now: unknown names, unknown functions, patterns, macros in macros. */
function refuseUnknown(root: Expr, positions: Readonly<Record<string, number>>): void {
  for (const { expr, bound, depth } of celNodes(root)) {
    const at = positions[String(expr.id)] ?? null;
    const { exprKind: kind } = expr;
    if (kind.case === 'identExpr' && !SCOPE.has(kind.value.name) && !bound.has(kind.value.name)) {
      if (isTypeName(kind.value.name)) continue;
      throw new CelTrouble(`there is no "${kind.value.name}" here: write op, before, after, row or source`, at);
    }
    if (kind.case === 'callExpr' && !INLINE.has(kind.value.function) && !ENVIRONMENT.funcs.find(kind.value.function))
      throw new CelTrouble(`there is no function "${kind.value.function}"`, at);
    if (kind.case === 'callExpr' && kind.value.function === 'matches') refusePattern(kind.value.args.at(-1), at);
    if (kind.case === 'comprehensionExpr' && depth > 0)
      throw new CelTrouble('a macro (all, exists, map, filter) may not stand in another one', at);
  }
}

/** A pattern that is written out is tried. */
function refusePattern(pattern: Expr | undefined, at: number | null): void {
  const literal = pattern?.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind : undefined;
  if (literal?.case !== 'stringValue') return;
  const result = plan(ENVIRONMENT, parse(`"".matches(${JSON.stringify(literal.value)})`))(NOTHING);
  if (isCelError(result)) throw new CelTrouble(`${JSON.stringify(literal.value)} is no pattern of RE2: ${result.message}`, at);
}
const NOTHING = { op: '', before: null, after: null, row: null, source: null };

/** Operators that the planner evaluates itself. */
const INLINE = new Set(['_&&_', '_||_', '_?_:_', '_==_', '_!=_', '_[_]', '@not_strictly_false', '!_']);
const TYPE_NAMES = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'google']);
function isTypeName(name: string): boolean {
  return TYPE_NAMES.has(name);
}

/** Messages of conversions quote the value, which is a row's. */
function shown(message: string): string {
  if (/^(found no matching overload|field not found|unresolved attribute|unbound function|int overflow|int divide)/.test(message))
    return message;
  return 'a conversion or a function failed on a value';
}
