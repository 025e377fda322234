import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { LambdaForm } from './conversion-part-form';
import { ProblemLine } from './problem-line';
import { figure } from './typed';

interface LambdaConversionFieldsProps {
  readonly form: LambdaForm;
  /** Registered targets of type AwsLambda. */
  readonly functions: readonly { readonly name: string; readonly region: string }[];
  readonly problem: (field: keyof LambdaForm) => string | undefined;
  readonly onChange: (change: Partial<LambdaForm>) => void;
}

/** A function, and how it is invoked. */
export function LambdaConversionFields({ form, functions, problem, onChange }: LambdaConversionFieldsProps) {
  const known = functions.some(({ name }) => name === form.target);
  // A target that was removed since stays in sight until another one is chosen.
  const offered = known || form.target === '' ? functions : [...functions, { name: form.target, region: 'not registered any more' }];
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-ink-muted">
        It gets {'{"records": [{"id", "change"}]}'} and answers each id once, with result Ok and data, Dropped, or Failed. The preview
        invokes it, too; an invocation of which no answer came is repeated.
      </p>
      <RadioGroup
        label="Account"
        columns={2}
        value={form.target}
        onChange={(target) => onChange({ target })}
        options={offered.map(({ name, region }) => ({ value: name, label: name, hint: region }))}
      />
      <ProblemLine>{problem('target')}</ProblemLine>
      <Field label="Function ARN" hint="With a version or an alias at its end, if one is meant." error={problem('lambdaFunctionArn')}>
        <Input
          className="font-mono"
          placeholder="arn:aws:lambda:eu-central-1:123456789012:function:name"
          value={form.lambdaFunctionArn}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ lambdaFunctionArn: event.target.value.trim() })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Events per invocation" hint="1 to 1,000, and 6 MB at most." error={problem('maxBatchEvents')}>
          <Input
            inputMode="numeric"
            value={String(form.maxBatchEvents)}
            onChange={(event) => onChange({ maxBatchEvents: figure(event.target.value) })}
          />
        </Field>
        <Field
          label="Waits for an answer, ms"
          hint="1,000 to 60,000. More than the function’s own timeout, so that an event on which it hangs is found."
          error={problem('timeoutMs')}
        >
          <Input
            inputMode="numeric"
            value={String(form.timeoutMs)}
            onChange={(event) => onChange({ timeoutMs: figure(event.target.value) })}
          />
        </Field>
      </div>
    </div>
  );
}
