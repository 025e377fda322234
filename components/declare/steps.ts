import type { FieldProblem } from '@/core/errors';

/** The rail of the wizard, in order. */
export const STEPS = ['source', 'table', 'events', 'sink', 'recovery', 'review'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_WORDS: Readonly<Record<Step, string>> = {
  source: 'Source',
  table: 'Table',
  events: 'Events',
  sink: 'Sink',
  recovery: 'Recovery',
  review: 'Review',
};

/** The step in which a field is mended. */
export function stepOf(field: string): Step {
  if (field === 'source.database') return 'source';
  if (field.startsWith('source.table') || field === 'source.schema') return 'table';
  if (/^(source|filter|transform|flow|conversions)/.test(field)) return 'events';
  if (field.startsWith('sink')) return 'sink';
  if (field.startsWith('recovery')) return 'recovery';
  return 'review';
}

export function isStep(text: string): text is Step {
  return (STEPS as readonly string[]).includes(text);
}

export function nextStep(step: Step): Step {
  return STEPS[Math.min(STEPS.indexOf(step) + 1, STEPS.length - 1)] ?? 'review';
}

export function previousStep(step: Step): Step {
  return STEPS[Math.max(STEPS.indexOf(step) - 1, 0)] ?? 'source';
}

/** The problems of one step. */
export function problemsIn(step: Step, problems: readonly FieldProblem[]): FieldProblem[] {
  return problems.filter((problem) => stepOf(problem.field) === step);
}

/** The first step that still has a problem; review when none has. */
export function firstOpenStep(problems: readonly FieldProblem[]): Step {
  return STEPS.find((step) => problemsIn(step, problems).length > 0) ?? 'review';
}
