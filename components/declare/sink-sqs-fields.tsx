import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { StepProps } from './step-props';

export function SqsFields({ state, dispatch, problems }: StepProps) {
  const { sink } = state.form;
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup
        label="Kind of queue"
        columns={2}
        value={sink.type === 'SqsStandard' ? 'SqsStandard' : 'SqsFifo'}
        onChange={(type) => dispatch({ type: 'edit', section: 'sink', change: { type } })}
        options={[
          { value: 'SqsFifo', label: 'FIFO', hint: 'Events of a row stay in order; repeats within five minutes are removed.' },
          { value: 'SqsStandard', label: 'Standard', hint: 'Any rate, but SQS may reorder and repeat messages.' },
        ]}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Queue name"
          hint={sink.type === 'SqsFifo' ? 'Ends with .fifo; it may be left out here. The queue has to exist.' : 'The queue has to exist.'}
          error={problemFor(problems, 'sink.queueName')}
        >
          <Input
            className="font-mono"
            placeholder={sink.type === 'SqsFifo' ? 'orders.fifo' : 'orders'}
            value={sink.queueName}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { queueName: event.target.value.trim() } })}
          />
        </Field>
        <Field label="Messages per request" hint="1 to 10, the limit of SQS." error={problemFor(problems, 'sink.maxBatchSize')}>
          <Input
            inputMode="numeric"
            value={sink.messagesPerRequest}
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { messagesPerRequest: event.target.value } })}
          />
        </Field>
      </div>
    </div>
  );
}
