import type { JSONPathQuery } from 'json-p3';
import { JSONPathEnvironment, JSONPathError, type JSONValue, jsonpath } from 'json-p3';

/** A path that is no filter here. */
export class JsonPathTrouble extends Error {
  constructor(
    message: string,
    /** Offset in the text, from 0; null where it is not known. */
    readonly at: number | null,
  ) {
    super(message);
  }
}

const ENVIRONMENT = new JSONPathEnvironment({ maxRecursionDepth: 10 });
// They run JavaScript's regular expressions, some of which take forever on some texts.
for (const name of ['match', 'search']) ENVIRONMENT.functionRegister.delete(name);

/**
 * Compiles FES' filter: `[?(condition)]` over the record, with or without `$` in front. As in FES (Jayway JsonPath), `@` is the record;
 * by RFC 9535 it is a member of what is filtered, so the path is applied to a list of that one record. Throws JsonPathTrouble.
 */
export function compileJsonPath(text: string): (record: JSONValue) => boolean {
  const { query } = parsedPath(text);
  return (record) => query.match([record]) !== undefined;
}

/** The condition of such a path, and the path itself. Throws JsonPathTrouble. */
export function parsedPath(text: string): { query: JSONPathQuery; condition: jsonpath.expressions.FilterExpression } {
  const shift = text.startsWith('$') ? 0 : 1;
  const path = shift ? `$${text}` : text;
  const query = compiled(path, shift);
  const [segment, ...others] = query.segments;
  const [selector, ...more] = segment?.selectors ?? [];
  const { FilterSelector } = jsonpath.selectors;
  const plain = others.length === 0 && more.length === 0 && !path.startsWith('$..');
  if (!plain || !(selector instanceof FilterSelector)) throw new JsonPathTrouble('write one condition on the record: [?(…)]', null);
  const unsafe = /(?<![\w.'"-])-?\d{16,}/.exec(withoutStrings(path));
  if (unsafe && !Number.isSafeInteger(Number(unsafe[0])))
    throw new JsonPathTrouble(`JSON numbers hold ${unsafe[0]} only roughly: use cel, which has 64-bit integers`, unsafe.index - shift);
  return { query, condition: selector.expression.expression };
}

function compiled(path: string, shift: number): JSONPathQuery {
  try {
    return ENVIRONMENT.compile(path);
  } catch (thrown) {
    if (!(thrown instanceof JSONPathError)) throw thrown;
    const undefinedFunction = /match|search/.test(path) && /function/i.test(thrown.message);
    const message = undefinedFunction
      ? 'match and search are not available: use cel and its matches()'
      : thrown.message.replace(/ \('.*$/s, '');
    throw new JsonPathTrouble(message, Math.max(0, thrown.token.index - shift));
  }
}

/** Quoted text as blanks of the same length. */
function withoutStrings(path: string): string {
  return path.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, (quoted) => ' '.repeat(quoted.length));
}

/** Columns of the old and the new row that a path asks for by name, each once. Throws JsonPathTrouble. */
export function jsonPathColumns(text: string): string[] {
  return [...new Set(columnsIn(parsedPath(text).condition))];
}

function* columnsIn(expression: Expression): Generator<string> {
  const { FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression, RelativeQuery } = jsonpath.expressions;
  if (expression instanceof LogicalExpression) yield* columnsIn(expression.expression);
  else if (expression instanceof PrefixExpression) yield* columnsIn(expression.right);
  else if (expression instanceof InfixExpression) for (const side of [expression.left, expression.right]) yield* columnsIn(side);
  else if (expression instanceof FunctionExtension) for (const argument of expression.args) yield* columnsIn(argument);
  else if (expression instanceof RelativeQuery) {
    const [side, column] = expression.path.segments.map(({ selectors }) => selectors[0]);
    const { NameSelector } = jsonpath.selectors;
    if (side instanceof NameSelector && column instanceof NameSelector && ['before', 'after'].includes(side.name)) yield column.name;
  }
}
type Expression = jsonpath.expressions.FilterExpression;
