import { unparse } from '@bufbuild/cel';
import { parsed } from './filter-cel';
import { columnOf, type Expr } from './filter-cel-tree';
import type { Comparison, Conjunct, Literal, RowCondition } from './filter-pushdown';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
};
const TURNED: Readonly<Record<Comparison, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The conditions that a CEL expression joins by `&&`; of an insert `row` is `after`. Throws CelTrouble. */
export function celConjuncts(text: string): Conjunct[] {
  return flat(parsed(text).expr).map((expr) => ({ condition: conditionOf(expr), text: textOf(expr) }));
}

function flat(expr: Expr): Expr[] {
  const call = callOf(expr);
  return call?.name === '_&&_' ? call.args.flatMap(flat) : [expr];
}

function textOf(expr: Expr): string {
  const loose = ['_||_', '_?_:_'].includes(callOf(expr)?.name ?? '');
  return loose ? `(${unparse(expr)})` : unparse(expr);
}

function conditionOf(expr: Expr): RowCondition | null {
  const call = callOf(expr);
  if (!call) return null;
  const [first, second] = call.args;
  if (call.name === '!_' && first) {
    const of = conditionOf(first);
    return of && { kind: 'not', of };
  }
  if (call.name === '_&&_' || call.name === '_||_') {
    const of = call.args.map(conditionOf);
    return of.every((part) => part !== null) ? { kind: call.name === '_&&_' ? 'all' : 'any', of } : null;
  }
  if (call.name === '@in' && first && second) return among(first, second);
  const operator = COMPARISONS[call.name];
  if (!operator || !first || !second) return null;
  return compared(first, operator, second) ?? compared(second, TURNED[operator], first);
}

function compared(left: Expr, operator: Comparison, right: Expr): RowCondition | null {
  const column = columnOf(left);
  const value = literalOf(right);
  if (!column || !isNewRow(column.side) || value === undefined) return null;
  return { kind: 'compare', column: column.column, operator, value };
}

function among(item: Expr, list: Expr): RowCondition | null {
  if (list.exprKind.case !== 'listExpr' || list.exprKind.value.elements.length === 0) return null;
  const of = list.exprKind.value.elements.map((element) => compared(item, '==', element));
  return of.every((part) => part !== null) ? { kind: 'any', of } : null;
}

function isNewRow(side: string): boolean {
  return side === 'after' || side === 'row';
}

/** Undefined = no literal that the server would read the same. */
function literalOf({ exprKind: kind }: Expr): Literal | undefined {
  if (kind.case !== 'constExpr') return undefined;
  const { constantKind: constant } = kind.value;
  if (constant.case === 'nullValue') return null;
  return constant.case === 'int64Value' || constant.case === 'stringValue' || constant.case === 'boolValue' ? constant.value : undefined;
}

function callOf({ exprKind: kind }: Expr): { name: string; args: readonly Expr[] } | null {
  return kind.case === 'callExpr' ? { name: kind.value.function, args: kind.value.args } : null;
}
