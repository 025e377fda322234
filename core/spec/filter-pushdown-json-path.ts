import { jsonpath } from 'json-p3';
import { parsedPath } from './filter-json-path';
import type { Comparison, Conjunct, Literal, RowCondition } from './filter-pushdown';

const { BooleanLiteral, InfixExpression, LogicalExpression, NullLiteral, NumberLiteral, PrefixExpression, RelativeQuery, StringLiteral } =
  jsonpath.expressions;
type Expression = jsonpath.expressions.FilterExpression;
const TURNED: Readonly<Record<string, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The conditions that a path's filter joins by `&&`. Throws JsonPathTrouble. */
export function jsonPathConjuncts(text: string): Conjunct[] {
  return flat(parsedPath(text).condition).map((expression) => ({ condition: conditionOf(expression), text: textOf(expression) }));
}

function flat(expression: Expression): Expression[] {
  if (expression instanceof LogicalExpression) return flat(expression.expression);
  if (expression instanceof InfixExpression && expression.operator === '&&') return [...flat(expression.left), ...flat(expression.right)];
  return [expression];
}

function textOf(expression: Expression): string {
  const loose = expression instanceof InfixExpression && expression.operator === '||';
  return loose ? `(${expression.toString()})` : expression.toString();
}

function conditionOf(expression: Expression): RowCondition | null {
  if (expression instanceof LogicalExpression) return conditionOf(expression.expression);
  if (expression instanceof PrefixExpression) {
    const of = conditionOf(expression.right);
    return of && { kind: 'not', of };
  }
  if (!(expression instanceof InfixExpression)) return null;
  const { left, operator, right } = expression;
  if (operator === '&&' || operator === '||') {
    const [one, other] = [conditionOf(left), conditionOf(right)];
    return one && other && { kind: operator === '&&' ? 'all' : 'any', of: [one, other] };
  }
  const turned = TURNED[operator];
  if (!turned) return null;
  return compared(left, TURNED[turned] as Comparison, right) ?? compared(right, turned, left);
}

function compared(left: Expression, operator: Comparison, right: Expression): RowCondition | null {
  const column = columnOf(left);
  const value = literalOf(right);
  return column === null || value === undefined ? null : { kind: 'compare', column, operator, value };
}

/** The column of `@.after.x`. */
function columnOf(expression: Expression): string | null {
  if (!(expression instanceof RelativeQuery) || !expression.path.singularQuery() || expression.path.segments.length !== 2) return null;
  const [side, column] = expression.path.segments.map(({ selectors: [selector] }) =>
    selector instanceof jsonpath.selectors.NameSelector ? selector.name : null,
  );
  return side === 'after' ? (column ?? null) : null;
}

/** Undefined = no literal that the server would read the same. */
function literalOf(expression: Expression): Literal | undefined {
  if (expression instanceof NullLiteral) return null;
  if (expression instanceof StringLiteral || expression instanceof BooleanLiteral) return expression.value;
  if (expression instanceof NumberLiteral && Number.isSafeInteger(expression.value)) return BigInt(expression.value);
  return undefined;
}
