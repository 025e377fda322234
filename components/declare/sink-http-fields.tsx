import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { StepProps } from './step-props';

export function HttpFields({ state, dispatch, problems }: StepProps) {
  const { sink } = state.form;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Path" optional hint="Appended to the URL of the target." error={problemFor(problems, 'sink.path')}>
        <Input
          className="font-mono"
          placeholder="/orders"
          value={sink.path}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { path: event.target.value } })}
        />
      </Field>
      <Field
        label="Events per request"
        hint="1 sends a single object, more send an array."
        error={problemFor(problems, 'sink.maxBatchSize')}
      >
        <Input
          inputMode="numeric"
          value={sink.maxBatchSize}
          onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { maxBatchSize: event.target.value } })}
        />
      </Field>
    </div>
  );
}
