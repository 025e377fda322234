import type * as z from 'zod';
import type { FieldProblem } from '../errors';

/** Turns zod issues into problems that name the field, the value given and the remedy. */
export function problemsOf(error: z.ZodError, input: unknown): FieldProblem[] {
  return error.issues.map((issue) => ({
    field: issue.path.length > 0 ? issue.path.map(String).join('.') : 'document',
    value: valueAt(input, issue.path),
    remedy: issue.code === 'unrecognized_keys' ? `remove ${issue.keys.map((key) => `"${key}"`).join(', ')}: not known here` : issue.message,
  }));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** What is wrong with a YAML text, in the parser's first line without the place, which stands beside it. */
export function syntaxWords(message: string): string {
  const [first = ''] = message.split('\n');
  return first.replace(/ at line \d+, column \d+:?$/, '') || 'is not YAML';
}
