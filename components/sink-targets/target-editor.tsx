'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { focusFirstProblem } from '@/components/forms/focus-first-problem';
import { problemFor } from '@/components/forms/problem-text';
import { askWorkerAsAdmin } from '@/components/inspections/ask-worker';
import { ConnectionTest } from '@/components/inspections/connection-test';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { SinkTargetDto } from '@/core/dto/connection';
import { SINK_TARGET_TYPES, type SinkTargetType } from '@/core/spec/sink-target';
import { SecretField } from './secret-field';
import { SecretOnce } from './secret-once';
import { TARGET_FIELDS } from './target-fields';
import { checkTarget, EMPTY_TARGET, formOfTarget, type TargetForm, usesSecret } from './target-form';

const TYPE_HINTS: Readonly<Record<SinkTargetType, { readonly label: string; readonly hint: string }>> = {
  EventLog: { label: 'Event log', hint: 'Events become rows of a Postgres table.' },
  Http: { label: 'HTTP', hint: 'Signed webhooks, in batches.' },
  Kafka: { label: 'Kafka', hint: 'Records of a topic, keyed by row.' },
  Nakadi: { label: 'Nakadi', hint: 'Events of an event type.' },
  Sqs: { label: 'Amazon SQS', hint: 'Messages of FIFO or standard queues.' },
  AwsLambda: { label: 'AWS Lambda', hint: 'No place for events: functions that convert them on their way.' },
};

interface TargetEditorProps {
  readonly stored: SinkTargetDto | null;
  readonly save: (input: unknown) => Promise<ActionResult<{ targetId?: string; generatedSecret: string | null }>>;
  readonly onSaved?: () => void;
}

export function TargetEditor({ stored, save, onSaved }: TargetEditorProps) {
  const router = useRouter();
  const [form, setForm] = useState<TargetForm>(() => (stored ? formOfTarget(stored) : EMPTY_TARGET));
  const [tried, setTried] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { run, busy, error, clear } = useAction(save);
  const check = checkTarget(form, stored);
  const problems = [...(tried && !check.ok ? check.problems : []), ...(error?.problems ?? [])];
  const change = (next: Partial<TargetForm>) => {
    clear();
    setForm((before) => ({ ...before, ...next }));
  };
  const leave = () => {
    setSecret(null);
    if (onSaved) onSaved();
    else router.push('/sinks');
    router.refresh();
  };
  const submit = async () => {
    setTried(true);
    if (!check.ok) return focusFirstProblem();
    const result = await run(stored ? { ...check.input, targetId: stored.id } : check.input);
    if (!result.ok) return;
    change({ secret: '' });
    toast.success(stored ? 'Saved. Streams use it from now on.' : `Registered ${check.input.name}. Builders can choose it now.`);
    if (result.value.generatedSecret) setSecret(result.value.generatedSecret);
    else leave();
  };
  const Fields = TARGET_FIELDS[form.type];
  const open = check.ok ? [] : check.problems.filter((problem) => problem.field !== 'name');
  return (
    <form
      noValidate
      className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Sink target">
          <div className="flex flex-col gap-4">
            <RadioGroup
              label="Type"
              columns={3}
              value={form.type}
              onChange={(type) => change({ type })}
              options={SINK_TARGET_TYPES.map((type) => ({
                value: type,
                ...TYPE_HINTS[type],
                disabled: stored !== null && type !== form.type,
              }))}
            />
            <Field label="Name" hint="Builders choose the target by it; it stands in specs." error={problemFor(problems, 'name')}>
              <Input
                className="font-mono"
                autoComplete="off"
                spellCheck={false}
                value={form.name}
                onChange={(event) => change({ name: event.target.value })}
              />
            </Field>
            <Fields form={form} onChange={change} problems={problems} />
          </div>
        </Card>
        {usesSecret(form) ? (
          <Card title="Secret" description="Sealed to the worker’s key as you send it. The portal cannot read it back.">
            <SecretField form={form} onChange={change} problems={problems} stored={stored?.hasSecret ?? false} />
          </Card>
        ) : null}
        {error ? <ErrorPanel title={error.message} remedy={error.remedy} id={error.id} /> : null}
        {tried && !check.ok ? (
          <p role="alert" className="text-danger">
            Mend the {check.problems.length === 1 ? 'field' : 'fields'} marked above.
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => (onSaved ? onSaved() : router.push('/sinks'))}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy ? 'Saving…' : false}>
            {stored ? 'Save sink target' : 'Register sink target'}
          </Button>
        </div>
      </div>
      <div className="min-w-0 lg:sticky lg:top-4">
        <ConnectionTest
          description="The worker connects the way a stream would. No event is delivered."
          ask={check.ok || open.length === 0 ? () => askWorkerAsAdmin('test-sink', testInput(form, stored)) : null}
          why="Fill in the fields of the target first."
        />
      </div>
      {secret ? <SecretOnce secret={secret} name={form.name} onDone={leave} /> : null}
    </form>
  );
}

/** The test needs no name: a stand-in keeps the rest of the check. */
function testInput(form: TargetForm, stored: SinkTargetDto | null) {
  const check = checkTarget({ ...form, name: 'test' }, stored);
  if (!check.ok) return stored ? { targetId: stored.id } : {};
  const { config, secret } = check.input;
  return { ...(stored ? { targetId: stored.id } : {}), config, ...(secret ? { secret } : {}) };
}
