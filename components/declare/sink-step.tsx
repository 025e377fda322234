'use client';

import { Send } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { placeOf } from '@/components/sink-targets/target-place';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { RadioGroup } from '@/components/ui/radio-group';
import type { SinkTargetDto } from '@/core/dto/connection';
import type { TableInfo } from '@/core/dto/inspection';
import type { SinkType } from '@/core/spec/sink/sink-spec';
import { EVENT_TARGET_TYPES, type EventTargetType, targetTypeOf } from '@/core/spec/sink-target';
import { flowOfType } from './flow-part-form';
import { KafkaKeyTrouble } from './kafka-key-trouble';
import { ProblemLine } from './problem-line';
import { HttpFields } from './sink-http-fields';
import { KafkaFields } from './sink-kafka-fields';
import { NakadiFields } from './sink-nakadi-fields';
import { SqsFields } from './sink-sqs-fields';
import { EMPTY_FORM } from './spec-form';
import type { StepProps } from './step-props';

const TYPE_WORDS: Readonly<Record<EventTargetType, string>> = {
  EventLog: 'Event log (a Postgres table that others read)',
  Http: 'HTTP (webhooks)',
  Kafka: 'Kafka',
  Nakadi: 'Nakadi',
  Sqs: 'Amazon SQS',
};

/** The sink that a target is chosen for at first; its fields may offer another one on the same target. */
const SINK_ON: Readonly<Record<EventTargetType, SinkType>> = {
  EventLog: 'EventLog',
  Http: 'Http',
  Kafka: 'Kafka',
  Nakadi: 'Nakadi',
  Sqs: 'SqsFifo',
};

/** Fields of each sink type; the compiler asks for one when a type is added. */
const FRAGMENTS: Readonly<Record<SinkType, (props: StepProps) => ReactNode>> = {
  EventLog: () => <p className="text-ink-muted">Nothing to set: each event becomes a row of the event log, in order.</p>,
  Http: HttpFields,
  Kafka: KafkaFields,
  Nakadi: NakadiFields,
  SqsFifo: SqsFields,
  SqsStandard: SqsFields,
};

export function SinkStep({ targets, picked, ...step }: StepProps & { targets: readonly SinkTargetDto[]; picked: TableInfo | null }) {
  const { state, dispatch, problems } = step;
  const { sink } = state.form;
  const Fragment = sink.type ? FRAGMENTS[sink.type] : null;
  const choose = (name: string) => {
    const target = targets.find((each) => each.name === name);
    if (!target) return;
    const { type } = target.config;
    if (type === 'AwsLambda') return;
    const kept = sink.type && targetTypeOf(sink.type) === type ? sink.type : SINK_ON[type];
    dispatch({ type: 'edit', section: 'sink', change: { type: kept, target: name } });
    // Nakadi takes events of its own shape only; they go with it when another sink is chosen instead.
    const isNakadi = state.form.flow.type === 'PostgresWalToGenericNakadiEvent';
    if (kept === 'Nakadi' && !isNakadi)
      dispatch({ type: 'flow', flow: flowOfType('PostgresWalToGenericNakadiEvent', picked?.columns ?? []) });
    if (kept !== 'Nakadi' && sink.type === 'Nakadi' && isNakadi) dispatch({ type: 'flow', flow: EMPTY_FORM.flow });
  };
  if (targets.every(({ config }) => config.type === 'AwsLambda'))
    return (
      <Card title="Sink">
        <EmptyState icon={Send} title="No sink target is registered">
          A platform admin registers one on the Sink targets page. Your draft is kept until then.
        </EmptyState>
      </Card>
    );
  return (
    <div className="flex flex-col gap-4">
      <Card title="Sink" description="Where the events go. Platform admins register targets and keep their credentials.">
        <div className="flex flex-col gap-4">
          {EVENT_TARGET_TYPES.filter((type) => targets.some((target) => target.config.type === type)).map((type) => (
            <RadioGroup
              key={type}
              label={TYPE_WORDS[type]}
              columns={2}
              value={sink.type && targetTypeOf(sink.type) === type ? sink.target : ''}
              onChange={choose}
              options={targets
                .filter((target) => target.config.type === type)
                .map((target) => ({
                  value: target.name,
                  label: target.name,
                  hint: <span className="break-all">{placeOf(target.config)}</span>,
                }))}
            />
          ))}
          <ProblemLine>
            {problemFor(problems, 'sink.target') ?? problemFor(problems, 'sink.type') ?? problemFor(problems, 'sink')}
          </ProblemLine>
        </div>
      </Card>
      {Fragment ? (
        <Card title={`Delivery to ${sink.target}`}>
          <Fragment {...step} />
        </Card>
      ) : null}
      <KafkaKeyTrouble form={state.form} table={picked} />
    </div>
  );
}
