import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { topicOf } from './spec-form';
import type { StepProps } from './step-props';

export function KafkaFields({ state, dispatch, problems }: StepProps) {
  const { sink } = state.form;
  const standard = topicOf({ ...state.form, sink: { ...sink, topic: '' } });
  return (
    <div className="flex flex-col gap-4">
      <Field label="Topic" hint={`Leave empty for ${standard || '<stream>.<schema>.<table>'}.`} error={problemFor(problems, 'sink.topic')}>
        <Input
          className="font-mono"
          placeholder={standard}
          value={sink.topic}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { topic: event.target.value.trim() } })}
        />
      </Field>
      <Switch
        label="Tombstones"
        hint="After each delete, also send the key with an empty value, so that a compacted topic forgets the row."
        checked={sink.tombstones}
        onCheckedChange={(tombstones) => dispatch({ type: 'edit', section: 'sink', change: { tombstones } })}
      />
    </div>
  );
}
