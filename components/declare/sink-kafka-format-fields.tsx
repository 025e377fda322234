import { problemFor } from '@/components/forms/problem-text';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { RadioGroup } from '@/components/ui/radio-group';
import { Select } from '@/components/ui/select';
import { KAFKA_FORMATS, type KafkaFormat, SUBJECT_STRATEGIES, usesRegistry } from '@/core/spec/sink/kafka-format';
import { FORMAT_NAMES } from './kafka-part-form';
import type { StepProps } from './step-props';

const HINTS: Readonly<Record<KafkaFormat, string>> = {
  json: 'The envelope as text. Every consumer reads it.',
  json_with_schema: 'Each record brings the schema of the table along, as Kafka Connect expects it. Large.',
  avro: 'Compact. Consumers get the schema from the registry by its id.',
  protobuf: 'Compact. Fields keep their numbers when the table changes.',
  json_schema: 'JSON text, and its schema in the registry.',
};
const SUBJECTS = {
  topic: 'Topic: <topic>-key and <topic>-value',
  record: 'Record: <stream>.<schema>.<table>.Key and .Envelope',
  topic_record: 'Both: <topic>-<record>',
} as const;

/** What the bytes of key and value are. */
export function KafkaFormatFields({ state, dispatch, problems }: StepProps) {
  const { sink } = state.form;
  const edit = (change: Partial<typeof sink>) => dispatch({ type: 'edit', section: 'sink', change });
  const formatProblem = problemFor(problems, 'sink.format');
  return (
    <Disclosure title="Format" chosen={FORMAT_NAMES[sink.kafkaFormat]} open={sink.kafkaFormat !== 'json'}>
      <div className="flex flex-col gap-4">
        <Field label="Format" hint={HINTS[sink.kafkaFormat]} error={formatProblem}>
          <Select
            value={sink.kafkaFormat}
            onChange={(event) => edit({ kafkaFormat: KAFKA_FORMATS.find((each) => each === event.target.value) ?? 'json' })}
          >
            {KAFKA_FORMATS.map((format) => (
              <option key={format} value={format}>
                {FORMAT_NAMES[format]}
              </option>
            ))}
          </Select>
        </Field>
        {usesRegistry(sink.kafkaFormat) ? (
          <>
            <Field
              label="Subjects"
              hint="Names of the schemas in the registry of the sink target. They are registered when the stream is approved."
              error={problemFor(problems, 'sink.subjects')}
            >
              <Select
                value={sink.kafkaSubjects}
                onChange={(event) => edit({ kafkaSubjects: SUBJECT_STRATEGIES.find((each) => each === event.target.value) ?? 'topic' })}
              >
                {SUBJECT_STRATEGIES.map((strategy) => (
                  <option key={strategy} value={strategy}>
                    {SUBJECTS[strategy]}
                  </option>
                ))}
              </Select>
            </Field>
            <RadioGroup
              label="When the table changes"
              value={sink.kafkaOnSchemaChange}
              onChange={(kafkaOnSchemaChange) => edit({ kafkaOnSchemaChange })}
              options={[
                {
                  value: 'stop',
                  label: 'Stop and say so',
                  hint: 'Nothing is sent by a schema that nobody has seen. A restart of the stream registers it, where the registry finds it compatible.',
                },
                {
                  value: 'register',
                  label: 'Register it',
                  hint: 'Goes on by itself where the registry finds the new schema compatible; stops where it does not.',
                },
              ]}
            />
          </>
        ) : null}
      </div>
    </Disclosure>
  );
}
