import type * as z from 'zod';
import { type FieldProblem, SpillwayError } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';

/** Wrappers of a verb's input that a form does not show: its fields are named as in the spec or connection itself. */
const WRAPPERS = /^(input\.)?(spec\.|connection\.)?/;

/** Problems of a verb's input. Values of secrets, and whole objects that may hold one, are left out. */
export function verbProblems(error: z.ZodError, input: unknown): FieldProblem[] {
  return problemsOf(error, input).map((problem) => ({
    ...problem,
    field: problem.field.replace(WRAPPERS, ''),
    value: typeof problem.value === 'object' || /password|secret/i.test(problem.field) ? null : problem.value,
  }));
}

/** One problem with one field. */
export function invalid(field: string, value: unknown, remedy: string): SpillwayError {
  return new SpillwayError('invalid_input', `${field}: ${remedy}`, { problems: [{ field, value, remedy }] });
}
