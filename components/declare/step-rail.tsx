import { Check, CircleAlert } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { FieldProblem } from '@/core/errors';
import { problemsIn, STEP_WORDS, STEPS, type Step } from './steps';

interface StepRailProps {
  readonly step: Step;
  readonly problems: readonly FieldProblem[];
  /** Steps that were left once: only these are told that something is open. */
  readonly visited: ReadonlySet<Step>;
  readonly onGo: (step: Step) => void;
}

/** The rail on top: every step can be visited at any time; nothing is lost by going back. */
export function StepRail({ step, problems, visited, onGo }: StepRailProps) {
  return (
    <nav aria-label="Steps" className="relative overflow-x-auto rounded-lg border bg-surface">
      <ol className="flex min-w-max">
        {STEPS.map((each, index) => {
          const open = problemsIn(each, problems).length;
          const done = visited.has(each) && open === 0;
          const wrong = visited.has(each) && open > 0;
          return (
            <li key={each} className="flex-1 border-r last:border-r-0">
              <button
                type="button"
                aria-current={each === step ? 'step' : undefined}
                onClick={() => onGo(each)}
                className={cn(
                  'flex w-full items-center gap-2 border-b-2 border-transparent px-3 py-2.5 text-left whitespace-nowrap text-ink-muted hover:bg-sunken focus-visible:-outline-offset-2',
                  each === step && 'border-accent font-medium text-ink',
                )}
              >
                <span
                  className={cn(
                    'grid size-5 shrink-0 place-items-center rounded-full border text-xs',
                    done && 'border-healthy text-healthy',
                    wrong && 'border-attention text-attention',
                    !done && !wrong && (each === step ? 'border-accent text-accent' : 'border-control'),
                  )}
                  aria-hidden
                >
                  {done ? <Check className="size-3" strokeWidth={3} /> : wrong ? <CircleAlert className="size-3" /> : index + 1}
                </span>
                {STEP_WORDS[each]}
                <span className="sr-only">{done ? ', complete' : wrong ? `, ${open} open` : ''}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
