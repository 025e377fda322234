import { problemFor } from '@/components/forms/problem-text';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { CLEANUP_POLICIES } from '@/core/spec/sink/kafka';
import { KafkaRoutesPreview } from './kafka-routes-preview';
import { KafkaFormatFields } from './sink-kafka-format-fields';
import { KafkaKeyFields } from './sink-kafka-key-fields';
import type { SinkForm } from './sink-part-form';
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
      <Disclosure title="Topic settings" chosen={topicWords(sink)} open={topicWords(sink) !== TOPIC_DEFAULTS}>
        <div className="grid items-start gap-4 sm:grid-cols-3">
          <Field
            label="Partitions"
            optional
            hint="Of a new topic; an existing one must have as many."
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
            hint="Of a new topic. Empty: the broker’s default."
            error={problemFor(problems, 'sink.replicationFactor')}
          >
            <Input
              inputMode="numeric"
              value={sink.kafkaReplication}
              onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { kafkaReplication: event.target.value } })}
            />
          </Field>
          <Field label="Cleanup policy" hint="Of a new topic. compact keeps the latest record of each key.">
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
      </Disclosure>
      <KafkaFormatFields {...step} />
      <Disclosure title="Key and order" chosen={keyWords(sink)} open={sink.kafkaKey !== 'PrimaryKey'}>
        <KafkaKeyFields {...step} />
        <KafkaRoutesPreview form={state.form} />
      </Disclosure>
      <RadioGroup
        label="Delivery"
        value={sink.kafkaExactlyOnce ? 'exactly_once' : 'at_least_once'}
        onChange={(choice) => dispatch({ type: 'edit', section: 'sink', change: { kafkaExactlyOnce: choice === 'exactly_once' } })}
        options={[
          {
            value: 'at_least_once',
            label: 'At least once',
            hint: 'The usual choice. After a crash the last batch may come again, with the same header spillway.id.',
          },
          {
            value: 'exactly_once',
            label: 'Exactly once',
            hint: 'Each change once, for consumers with isolation.level=read_committed; rows of a snapshot and replayed dead letters stay at least once. Costs tens of milliseconds a batch, and a refused event holds up the whole stream until it is a dead letter. The user of the target needs rights on transactional ids and groups named spillway-*.',
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

const TOPIC_DEFAULTS = 'as the broker has it';

function topicWords({ kafkaPartitions, kafkaReplication, kafkaCleanup }: SinkForm): string {
  const asked = [
    kafkaPartitions.trim() ? `partitions ${kafkaPartitions.trim()}` : null,
    kafkaReplication.trim() ? `replication factor ${kafkaReplication.trim()}` : null,
    kafkaCleanup ? `cleanup ${kafkaCleanup}` : null,
  ];
  return asked.filter(Boolean).join(', ') || TOPIC_DEFAULTS;
}

function keyWords({ kafkaKey, kafkaKeyColumns, kafkaExpression, kafkaTenant }: SinkForm): string {
  if (kafkaKey === 'Columns') return `by ${kafkaKeyColumns.trim() || 'chosen columns'}`;
  if (kafkaKey === 'Expression') return `by ${kafkaExpression.trim() || 'an expression'}`;
  if (kafkaKey === 'Tenant') return `primary key, partitions by ${kafkaTenant.trim() || 'tenant'}`;
  return 'primary key: every change of a row in order';
}
