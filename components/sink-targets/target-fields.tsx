'use client';

import type { ReactNode } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import type { FieldProblem } from '@/core/errors';
import type { SinkTargetType } from '@/core/spec/sink-target';
import { LambdaFields, SqsFields } from './aws-fields';
import { KafkaFields } from './kafka-fields';
import { NakadiFields } from './nakadi-fields';
import type { TargetForm } from './target-form';

export interface TargetFieldsProps {
  readonly form: TargetForm;
  readonly onChange: (change: Partial<TargetForm>) => void;
  readonly problems: readonly FieldProblem[];
}

/** Fields of each type; the compiler asks for them when a type is added. */
export const TARGET_FIELDS: Readonly<Record<SinkTargetType, (props: TargetFieldsProps) => ReactNode>> = {
  EventLog: EventLogFields,
  Http: HttpFields,
  Kafka: KafkaFields,
  Nakadi: NakadiFields,
  Sqs: SqsFields,
  AwsLambda: LambdaFields,
};

function EventLogFields({ form, onChange }: TargetFieldsProps) {
  return (
    <RadioGroup
      label="Where the log is"
      columns={2}
      value={form.store}
      onChange={(store) => onChange({ store })}
      options={[
        { value: 'catalog', label: 'Spillway’s catalog', hint: 'The same Postgres that keeps the portal’s data. No secret needed.' },
        { value: 'postgres', label: 'Another Postgres', hint: 'The table is made there; its connection URL is the secret.' },
      ]}
    />
  );
}

function HttpFields({ form, onChange, problems }: TargetFieldsProps) {
  return (
    <>
      <Field label="URL" hint="Streams append their path to it." error={problemFor(problems, 'config.url')}>
        <Input
          className="font-mono"
          type="url"
          placeholder="https://hooks.example.com/in"
          value={form.url}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ url: event.target.value })}
        />
      </Field>
      <Field
        label="Timeout"
        hint="Milliseconds until an unanswered request counts as failed. 100 to 60000."
        error={problemFor(problems, 'config.timeoutMs')}
      >
        <Input
          inputMode="numeric"
          className="max-w-40"
          value={form.timeoutMs}
          onChange={(event) => onChange({ timeoutMs: event.target.value })}
        />
      </Field>
      <Switch
        label="Allow private and loopback addresses"
        hint="Off, a stream cannot be used to reach machines inside your network."
        checked={form.allowPrivateNetwork}
        onCheckedChange={(allowPrivateNetwork) => onChange({ allowPrivateNetwork })}
      />
    </>
  );
}
