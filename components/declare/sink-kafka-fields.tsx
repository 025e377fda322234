import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { CLEANUP_POLICIES } from '@/core/spec/sink/kafka';
import { KafkaRoutesPreview } from './kafka-routes-preview';
import { KafkaKeyFields } from './sink-kafka-key-fields';
import { topicOf } from './spec-form';
import type { StepProps } from './step-props';

export function KafkaFields(step: StepProps) {
  const { state, dispatch, problems } = step;
  const { sink } = state.form;
  const standard = topicOf({ ...state.form, sink: { ...sink, topic: '' } });
  return (
    <div className="flex flex-col gap-5">
      <Field
        label="Topic"
        hint={`Leave empty for ${standard || '<stream>.<schema>.<table>'}. A name, or a template of {application}, {schema}, {table} and {column:tenant}.`}
        error={problemFor(problems, 'sink.topic')}
      >
        <Input
          className="font-mono"
          placeholder={standard}
          value={sink.topic}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { topic: event.target.value.trim() } })}
        />
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <Field
          label="Partitions"
          optional
          hint="Of a new topic, and what an existing one must have."
          error={problemFor(problems, 'sink.partitions')}
        >
          <Input
            inputMode="numeric"
            value={sink.kafkaPartitions}
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { kafkaPartitions: event.target.value } })}
          />
        </Field>
        <Field
          label="Replication factor"
          optional
          hint="Empty = the broker’s default."
          error={problemFor(problems, 'sink.replicationFactor')}
        >
          <Input
            inputMode="numeric"
            value={sink.kafkaReplication}
            onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { kafkaReplication: event.target.value } })}
          />
        </Field>
        <Field label="Cleanup policy" hint="compact keeps the latest record of each key.">
          <Select
            value={sink.kafkaCleanup}
            onChange={(event) => {
              const kafkaCleanup = CLEANUP_POLICIES.find((policy) => policy === event.target.value) ?? '';
              dispatch({ type: 'edit', section: 'sink', change: { kafkaCleanup } });
            }}
          >
            <option value="">The broker’s default</option>
            {CLEANUP_POLICIES.map((policy) => (
              <option key={policy}>{policy}</option>
            ))}
          </Select>
        </Field>
      </div>
      <KafkaKeyFields {...step} />
      <KafkaRoutesPreview form={state.form} />
      <RadioGroup
        label="Delivery"
        value={sink.kafkaExactlyOnce ? 'exactly_once' : 'at_least_once'}
        onChange={(choice) => dispatch({ type: 'edit', section: 'sink', change: { kafkaExactlyOnce: choice === 'exactly_once' } })}
        options={[
          {
            value: 'at_least_once',
            label: 'At least once',
            hint: 'After a crash the last batch may come again, with the same header spillway.id. Any consumer can read it at once.',
          },
          {
            value: 'exactly_once',
            label: 'Exactly once',
            hint: 'Each change is there once, for consumers with isolation.level=read_committed. A batch takes several more requests (tens of milliseconds for a single event), and a refused event holds up the whole stream until it is a dead letter. Rows of a snapshot and replayed dead letters stay at least once. The user needs rights on transactional id and group spillway-*.',
          },
        ]}
      />
      <Switch
        label="Tombstones"
        hint="After each delete, also send the key with an empty value, so that a compacted topic forgets the row."
        checked={sink.tombstones}
        onCheckedChange={(tombstones) => dispatch({ type: 'edit', section: 'sink', change: { tombstones } })}
      />
    </div>
  );
}
