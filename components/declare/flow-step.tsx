'use client';

import { type ReactNode, useRef } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { RadioGroup } from '@/components/ui/radio-group';
import type { FlowSpec, FlowType } from '@/core/spec/flow';
import type { FlowWarning } from '@/core/spec/flow-fit';
import { DeltaFields } from './delta-fields';
import { FLOW_TYPES, flowOfType } from './flow-part-form';
import { NakadiEventFields } from './nakadi-event-fields';
import { OutboxFields } from './outbox-fields';
import { ProblemLine } from './problem-line';
import { ShapeFields } from './shape-fields';
import type { FlowProps } from './step-props';

/** Each flow in plain words; the compiler asks for them when one is added. */
const FLOW_WORDS: Readonly<Record<FlowType, { readonly label: string; readonly hint: string }>> = {
  DebeziumEnvelope: {
    label: 'Debezium envelope',
    hint: 'The whole change: the row before and after, its source, the operation. Consumers of Debezium read it unchanged.',
  },
  Outbox: {
    label: 'Outbox',
    hint: 'The table is an outbox: each new row is an event that the application wrote itself, sent without the row around it.',
  },
  Delta: {
    label: 'Delta',
    hint: 'As small as can be: only the columns that changed, with id, version and time. An update of an order takes about 120 bytes.',
  },
  PostgresWalToGenericNakadiEvent: {
    label: 'Nakadi event',
    hint: 'For a Nakadi sink: the JSON in a column is the event, or each change of a row is a data change event.',
  },
};

/** Fields of each flow; the compiler asks for one when a type is added. */
const FRAGMENTS: Readonly<Record<FlowType, (props: FlowProps) => ReactNode>> = {
  DebeziumEnvelope: ShapeFields,
  Outbox: OutboxFields,
  Delta: DeltaFields,
  PostgresWalToGenericNakadiEvent: NakadiEventFields,
};

/** What an event looks like. `warnings`: what the table cannot give the flow. */
export function FlowStep({ warnings, ...step }: FlowProps & { readonly warnings: readonly FlowWarning[] }) {
  const { state, dispatch, problems, picked } = step;
  const { flow, sink } = state.form;
  // What was typed for another flow is there again when it is chosen again.
  const typed = useRef<Partial<Record<FlowType, FlowSpec>>>({});
  const choose = (type: FlowType) => {
    typed.current[flow.type] = flow;
    dispatch({ type: 'flow', flow: typed.current[type] ?? flowOfType(type, picked?.columns ?? []) });
  };
  const Fragment = FRAGMENTS[flow.type];
  return (
    <Card title="Flow" description="What an event looks like. The preview shows real rows in this shape.">
      <div className="flex flex-col gap-5">
        <RadioGroup
          label="Flow"
          labelHidden
          columns={2}
          value={flow.type}
          onChange={choose}
          options={FLOW_TYPES.map((type) => ({
            value: type,
            ...FLOW_WORDS[type],
            disabled: sink.type === 'Nakadi' && type !== 'PostgresWalToGenericNakadiEvent' && type !== flow.type,
          }))}
        />
        <ProblemLine>{problemFor(problems, 'flow.type')}</ProblemLine>
        {warnings.length > 0 ? (
          <Callout title={warnings.length === 1 ? 'Good to know' : 'Good to know about this table'}>
            {warnings.map(({ finding }) => (
              <p key={finding}>{finding}</p>
            ))}
          </Callout>
        ) : null}
        <Fragment {...step} />
      </div>
    </Card>
  );
}
