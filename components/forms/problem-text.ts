import type { FieldProblem } from '@/core/errors';

/** What stands beside a field: the value given, when it can be shown, and the remedy. */
export function problemText(problem: FieldProblem | undefined): string | undefined {
  if (!problem) return undefined;
  const { value, remedy } = problem;
  const shown = (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null;
  if (shown === null || Number.isNaN(value)) return sentence(remedy);
  return `“${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}”: ${remedy}.`;
}

/** The remedy for one field, or nothing. */
export function problemFor(problems: readonly FieldProblem[], field: string): string | undefined {
  return problemText(problems.find((problem) => problem.field === field));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? '' : '.'}`;
}
