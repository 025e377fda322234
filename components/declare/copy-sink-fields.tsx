import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { SinkTargetDto } from '@/core/dto/connection';
import { DEAD_LETTER_SINK_TYPES, type DeadLetterSink } from '@/core/spec/recovery';
import { copyTargetType, type RecoveryForm } from './recovery-part-form';
import type { StepProps } from './step-props';

const WORDS: Readonly<Record<DeadLetterSink['type'], { readonly label: string; readonly hint: string }>> = {
  Catalog: { label: 'Spillway only', hint: 'The team reviews and replays dead letters here; nothing else is sent.' },
  SqsStandard: { label: 'Amazon SQS', hint: 'A copy goes to a standard queue, with what happened in its attributes.' },
  Kafka: { label: 'Kafka', hint: 'A copy goes to a topic, with what happened in its headers.' },
  Nakadi: { label: 'Nakadi', hint: 'A copy goes to an event type, with what happened in its body.' },
};

/** The place within a target, by type: which field of the form, of the spec, and what to say about it. */
const PLACES = {
  SqsStandard: {
    field: 'queueName',
    label: 'Queue for copies',
    hint: 'A standard queue that exists.',
    placeholder: 'orders-dead-letters',
  },
  Kafka: {
    field: 'topic',
    label: 'Topic for copies',
    hint: 'Created with the first copy if it is missing.',
    placeholder: 'orders.dead-letters',
  },
  Nakadi: {
    field: 'eventType',
    label: 'Event type for copies',
    hint: 'It has to exist, with category business or undefined.',
    placeholder: 'orders-dead-letter-queue',
  },
} as const;

/** Where copies of dead letters go beside the catalog. Types of which no target is registered are not offered, but for the one chosen. */
export function CopySinkFields({ state, dispatch, problems, targets }: StepProps & { targets: readonly SinkTargetDto[] }) {
  const { recovery } = state.form;
  const edit = (change: Partial<RecoveryForm>) => dispatch({ type: 'edit', section: 'recovery', change });
  const fitting = (type: DeadLetterSink['type']) => targets.filter((target) => target.config.type === copyTargetType(type));
  const offered = DEAD_LETTER_SINK_TYPES.filter((type) => type === 'Catalog' || type === recovery.sinkType || fitting(type).length > 0);
  const place = recovery.sinkType === 'Catalog' ? null : PLACES[recovery.sinkType];
  const choose = (sinkType: DeadLetterSink['type']) => {
    const names = fitting(sinkType).map(({ name }) => name);
    edit({ sinkType, sinkTarget: names.includes(recovery.sinkTarget) ? recovery.sinkTarget : (names[0] ?? '') });
  };
  return (
    <Card
      title="Copies of dead letters"
      description="A dead letter is always kept in Spillway. A copy may go elsewhere as well, for those who watch a queue of their own."
    >
      <div className="flex flex-col gap-4">
        <RadioGroup
          label="Where copies go"
          labelHidden
          columns={2}
          value={recovery.sinkType}
          onChange={choose}
          options={offered.map((value) => ({ value, ...WORDS[value] }))}
        />
        {place ? (
          <>
            <RadioGroup
              label="Sink target for copies"
              columns={2}
              value={recovery.sinkTarget}
              onChange={(sinkTarget) => edit({ sinkTarget })}
              options={fitting(recovery.sinkType).map(({ name }) => ({ value: name, label: name }))}
            />
            {problemFor(problems, 'recovery.sink.target') ? (
              <p className="text-sm text-danger">{problemFor(problems, 'recovery.sink.target')}</p>
            ) : null}
            <Field label={place.label} hint={place.hint} error={problemFor(problems, `recovery.sink.${place.field}`)}>
              <Input
                className="font-mono"
                placeholder={place.placeholder}
                value={recovery[place.field]}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => edit({ [place.field]: event.target.value.trim() })}
              />
            </Field>
            <p className="text-sm text-ink-muted">
              While that place is down, copies wait in Spillway and the stream goes on. Each arrives at least once, with the letter's id.
            </p>
          </>
        ) : null}
      </div>
    </Card>
  );
}
