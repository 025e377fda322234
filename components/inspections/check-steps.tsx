import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon, OctagonAlert } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { CodeBlock } from '@/components/ui/code-block';
import { TONE_TEXT } from '@/components/ui/tone';
import type { CheckStep } from '@/core/dto/inspection';
import type { Tone } from '@/core/lifecycle/stream-state';

const FACES: Readonly<Record<CheckStep['status'], { readonly icon: LucideIcon; readonly word: string; readonly tone: Tone }>> = {
  ok: { icon: CircleCheck, word: 'OK', tone: 'healthy' },
  warning: { icon: CircleAlert, word: 'Warning', tone: 'attention' },
  failed: { icon: OctagonAlert, word: 'Failed', tone: 'danger' },
  skipped: { icon: CircleDashed, word: 'Skipped', tone: 'neutral' },
};

interface CheckStepsProps {
  readonly steps: readonly CheckStep[];
  readonly label: string;
  /** Folds the steps that are OK away, so that what asks for something stands out. */
  readonly folded?: boolean;
}

/** Steps of a preflight or test, each with what was found; a step that is not ok comes with what mends it. */
export function CheckSteps({ steps, label, folded = false }: CheckStepsProps) {
  if (!folded) return <StepList steps={steps} label={label} />;
  const fine = steps.filter((step) => step.status === 'ok');
  const rest = steps.filter((step) => step.status !== 'ok');
  return (
    <div className="flex flex-col gap-3">
      {rest.length > 0 ? <StepList steps={rest} label={label} /> : null}
      {fine.length > 0 ? (
        <details className={cn(rest.length > 0 && 'border-t pt-3')}>
          <summary className="text-ink-muted">
            {fine.length} {fine.length === 1 ? 'step is' : 'steps are'} OK
          </summary>
          <div className="pt-3">
            <StepList steps={fine} label={`${label} that are OK`} />
          </div>
        </details>
      ) : null}
    </div>
  );
}

function StepList({ steps, label }: { steps: readonly CheckStep[]; label: string }) {
  return (
    <ol aria-label={label} className="divide-y">
      {steps.map((step, index) => (
        <Step key={`${index.toString()} ${step.name}`} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: CheckStep }) {
  const { icon: Icon, word, tone } = FACES[step.status];
  return (
    <li className="flex gap-3 py-2.5 first:pt-0 last:pb-0">
      <Icon className={cn('mt-0.5 size-4 shrink-0', TONE_TEXT[tone])} aria-hidden />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{step.name}</span>
          <span className={cn('text-xs font-medium', TONE_TEXT[tone])}>{word}</span>
        </p>
        <p className="break-words text-ink-muted">{step.finding}</p>
        {step.remedy && step.status !== 'ok' ? <Remedy text={step.remedy} step={step.name} /> : null}
      </div>
    </li>
  );
}

const STATEMENT = /^\s*(--|ALTER|CREATE|GRANT|DROP|SELECT|SET|REVOKE|COMMENT|DO|VACUUM|ANALYZE)\b|;\s*$|^\s*\w+\s*=\s*\S+$/im;

/** SQL and settings are for copying; a sentence is for reading. */
function Remedy({ text, step }: { text: string; step: string }) {
  return STATEMENT.test(text) ? (
    <CodeBlock code={text} what={`remedy for ${step}`} className="mt-1" />
  ) : (
    <p className="break-words">{text}</p>
  );
}

/** "5 of 7 steps are ok, 1 failed": the sentence that leads a list of steps. */
export function summaryOfSteps(steps: readonly CheckStep[]): { readonly tone: Tone; readonly words: string } {
  const count = (status: CheckStep['status']) => steps.filter((step) => step.status === status).length;
  const [failed, warnings, ok] = [count('failed'), count('warning'), count('ok')];
  if (failed > 0) return { tone: 'danger', words: `${failed} of ${steps.length} steps failed` };
  if (warnings > 0) return { tone: 'attention', words: `${ok} of ${steps.length} steps are OK, ${warnings} with a warning` };
  return { tone: 'healthy', words: ok === steps.length ? `All ${steps.length} steps are OK` : `${ok} of ${steps.length} steps are OK` };
}
