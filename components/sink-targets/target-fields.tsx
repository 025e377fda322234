'use client';

import type { ReactNode } from 'react';
import { problemFor, problemText } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import type { FieldProblem } from '@/core/errors';
import type { SinkTargetType } from '@/core/spec/sink-target';
import { SqsFields } from './sqs-fields';
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
  Sqs: SqsFields,
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

function KafkaFields({ form, onChange, problems }: TargetFieldsProps) {
  const broker = problems.find((problem) => problem.field.startsWith('config.brokers'));
  return (
    <>
      <Field label="Brokers" hint="host:port, one a line." error={problemText(broker)}>
        <Textarea
          className="font-mono"
          rows={3}
          placeholder="kafka-1:9092"
          spellCheck={false}
          value={form.brokers}
          onChange={(event) => onChange({ brokers: event.target.value })}
        />
      </Field>
      <Switch
        label="TLS"
        hint="Encrypted, and the brokers’ certificates must be valid."
        checked={form.tls}
        onCheckedChange={(tls) => onChange({ tls })}
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="SASL">
          <Select
            value={form.saslMechanism}
            onChange={(event) => onChange({ saslMechanism: event.target.value as TargetForm['saslMechanism'] })}
          >
            <option value="none">No sign-in</option>
            <option value="plain">PLAIN</option>
            <option value="scram-sha-256">SCRAM-SHA-256</option>
            <option value="scram-sha-512">SCRAM-SHA-512</option>
          </Select>
        </Field>
        {form.saslMechanism === 'none' ? null : (
          <Field label="SASL user" error={problemFor(problems, 'config.sasl.username')}>
            <Input
              className="font-mono"
              autoComplete="off"
              value={form.saslUsername}
              onChange={(event) => onChange({ saslUsername: event.target.value })}
            />
          </Field>
        )}
      </div>
    </>
  );
}
