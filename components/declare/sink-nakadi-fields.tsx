import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NakadiEventFields } from './nakadi-event-fields';
import type { StepProps } from './step-props';

export function NakadiFields(step: StepProps) {
  const { state, dispatch, problems } = step;
  const { sink } = state.form;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Event type" hint="It has to exist in Nakadi." error={problemFor(problems, 'sink.eventType')}>
          <Input
            className="font-mono"
            placeholder="shop.order-changed"
            value={sink.eventType}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { eventType: event.target.value.trim() } })}
          />
        </Field>
        <Field label="Events per request" hint="1 to 1000." error={problemFor(problems, 'sink.maxBatchSize')}>
          <Input
            inputMode="numeric"
            value={sink.maxBatchSize}
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { maxBatchSize: event.target.value } })}
          />
        </Field>
      </div>
      <NakadiEventFields {...step} />
    </div>
  );
}
