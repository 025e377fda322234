import { problemText } from '@/components/forms/problem-text';
import type { FieldProblem } from '@/core/errors';
import { STEP_WORDS, type Step, stepOf } from './steps';

/** Every open problem with its field, and the way to the step that mends it. */
export function ProblemList({ problems, onGo }: { problems: readonly FieldProblem[]; onGo?: (step: Step) => void }) {
  return (
    <ul className="flex flex-col gap-1">
      {problems.map((problem) => {
        const field = problem.field.replace(/^spec\./, '');
        const step = stepOf(field);
        return (
          <li key={`${field} ${problem.remedy}`} className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-mono text-sm">{field}</span>
            <span className="min-w-0 break-words">{problemText(problem)}</span>
            {onGo && step !== 'review' ? (
              <button type="button" className="text-accent underline" onClick={() => onGo(step)}>
                Go to {STEP_WORDS[step].toLowerCase()}
              </button>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
