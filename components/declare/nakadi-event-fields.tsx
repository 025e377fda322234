import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { NAKADI_DEFAULTS } from '@/core/spec/flow-defaults';
import type { StepProps } from './step-props';

/** What the event of a Nakadi flow is. */
export function NakadiEventFields({ state, dispatch, problems }: StepProps) {
  const { flow } = state.form;
  const { payloadColumn } = flow.type === 'PostgresWalToGenericNakadiEvent' ? flow : NAKADI_DEFAULTS;
  const change = (column: string | null) => dispatch({ type: 'flow', flow: { ...NAKADI_DEFAULTS, payloadColumn: column } });
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup
        label="What the event is"
        columns={2}
        value={payloadColumn === null ? 'row' : 'column'}
        onChange={(choice) => change(choice === 'row' ? null : 'payload')}
        options={[
          { value: 'column', label: 'A column of the row', hint: 'An outbox table: the column holds the whole event as a JSON object.' },
          { value: 'row', label: 'The change of the row', hint: 'A data change event, for event types of category data.' },
        ]}
      />
      {payloadColumn === null ? null : (
        <Field label="Payload column" error={problemFor(problems, 'flow.payloadColumn')}>
          <Input
            className="font-mono"
            value={payloadColumn}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => change(event.target.value.trim())}
          />
        </Field>
      )}
    </div>
  );
}
