import type { parse } from '@bufbuild/cel';

/** A node of a parsed expression (cel.expr.Expr). */
export type Expr = ReturnType<typeof parse>['expr'];

export interface CelNode {
  readonly expr: Expr;
  /** Names that macros around it declare. */
  readonly bound: ReadonlySet<string>;
  /** Macros around it. */
  readonly depth: number;
}

/** Every node, parents first. */
export function* celNodes(expr: Expr, bound: ReadonlySet<string> = new Set(), depth = 0): Generator<CelNode> {
  yield { expr, bound, depth };
  const { exprKind: kind } = expr;
  if (kind.case === 'comprehensionExpr') {
    const { iterRange, accuInit, iterVar, iterVar2, accuVar, loopCondition, loopStep, result } = kind.value;
    for (const child of [iterRange, accuInit]) if (child) yield* celNodes(child, bound, depth);
    const inside = new Set([...bound, iterVar, iterVar2, accuVar]);
    for (const child of [loopCondition, loopStep, result]) if (child) yield* celNodes(child, inside, depth + 1);
    return;
  }
  for (const child of childrenOf(expr)) yield* celNodes(child, bound, depth);
}

function childrenOf({ exprKind: kind }: Expr): Expr[] {
  switch (kind.case) {
    case 'selectExpr':
      return kind.value.operand ? [kind.value.operand] : [];
    case 'callExpr':
      return [...(kind.value.target ? [kind.value.target] : []), ...kind.value.args];
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [keyKind.value] : []),
        ...(value ? [value] : []),
      ]);
    default:
      return [];
  }
}

/** The column that `after.x`, `row["x"]` name; null for anything else. */
export function columnOf({ exprKind: kind }: Expr): { readonly side: string; readonly column: string } | null {
  if (kind.case === 'selectExpr' && !kind.value.testOnly) return named(kind.value.operand, kind.value.field);
  if (kind.case !== 'callExpr' || kind.value.function !== '_[_]') return null;
  const [operand, index] = kind.value.args;
  const literal = index?.exprKind.case === 'constExpr' ? index.exprKind.value.constantKind : undefined;
  return literal?.case === 'stringValue' ? named(operand, literal.value) : null;
}

function named(operand: Expr | undefined, column: string): { side: string; column: string } | null {
  return operand?.exprKind.case === 'identExpr' ? { side: operand.exprKind.value.name, column } : null;
}
