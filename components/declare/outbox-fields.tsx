import type { ReactNode } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import { OUTBOX_DEFAULTS } from '@/core/spec/outbox-defaults';
import type { OutboxSpec } from '@/core/spec/outbox-flow';
import { ColumnField } from './column-field';
import { OutboxExtras } from './outbox-extras';
import type { FlowProps } from './step-props';

/** Settings of Debezium's outbox event router under its names, each in plain words. */
export function OutboxFields({ state, dispatch, problems, picked }: FlowProps) {
  const { flow, sink } = state.form;
  if (flow.type !== 'Outbox') return null;
  const edit = (change: Partial<OutboxSpec>) => dispatch({ type: 'edit', section: 'flow', change });
  const columns = picked?.columns.map(({ name }) => name) ?? [];
  const field = (name: keyof OutboxSpec) => problemFor(problems, `flow.${name}`);
  const routed =
    flow.routeTopicRegex !== OUTBOX_DEFAULTS.routeTopicRegex || flow.routeTopicReplacement !== OUTBOX_DEFAULTS.routeTopicReplacement;
  return (
    <div className="flex flex-col gap-5">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <ColumnField
          label="Payload"
          hint="What the message is."
          columns={columns}
          value={flow.fieldEventPayload}
          error={field('fieldEventPayload')}
          onChange={(fieldEventPayload) => edit({ fieldEventPayload })}
        />
        <ColumnField
          label="Aggregate id"
          hint="The key: events of one aggregate are delivered in order."
          columns={columns}
          value={flow.fieldEventKey}
          error={field('fieldEventKey')}
          onChange={(fieldEventKey) => edit({ fieldEventKey })}
        />
        <ColumnField
          label="Route by"
          hint="Its value decides the topic."
          columns={columns}
          value={flow.routeByField}
          error={field('routeByField')}
          onChange={(routeByField) => edit({ routeByField })}
        />
        <ColumnField
          label="Event id"
          hint="Header id, by which consumers know an event again. Spillway's own where it is NULL."
          columns={columns}
          value={flow.fieldEventId}
          error={field('fieldEventId')}
          onChange={(fieldEventId) => edit({ fieldEventId })}
        />
      </div>
      <OutboxExtras fields={flow.fieldsAdditionalPlacement} columns={columns} problems={problems} onChange={edit} />
      {sink.type === 'EventLog' ? (
        <p className="text-sm text-ink-muted">An event log has no headers: put what its readers need into the envelope.</p>
      ) : null}
      <Switch
        label="Expand JSON (table.expand.json.payload)"
        hint="JSON text becomes JSON; otherwise the message is a string with JSON in it."
        checked={flow.expandJsonPayload}
        onCheckedChange={(expandJsonPayload) => edit({ expandJsonPayload })}
      />
      <Disclosure
        title="Routing and rare cases"
        chosen={routed ? flow.routeTopicReplacement : "Debezium's defaults"}
        open={field('routeTopicRegex') !== undefined || field('routeTopicReplacement') !== undefined}
      >
        <div className="flex flex-col gap-5">
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <RouteField
              label="Expression (route.topic.regex)"
              hint="Matches the value that is routed by as a whole, or leaves it as it is."
              value={flow.routeTopicRegex}
              error={field('routeTopicRegex')}
              onChange={(routeTopicRegex) => edit({ routeTopicRegex })}
            />
            <RouteField
              label="Topic (route.topic.replacement)"
              hint={
                <>
                  {'${name}'} and $1 are groups of the expression. A Kafka topic takes it as {'{routed}'}; every sink gets it as header
                  spillway.topic.
                </>
              }
              value={flow.routeTopicReplacement}
              error={field('routeTopicReplacement')}
              onChange={(routeTopicReplacement) => edit({ routeTopicReplacement })}
            />
          </div>
          <ColumnField
            label="Event time"
            hint="The time of the Kafka record."
            none="When it is sent"
            columns={picked?.columns.filter(({ type }) => type.startsWith('timestamp')).map(({ name }) => name) ?? []}
            value={flow.fieldEventTimestamp ?? ''}
            error={field('fieldEventTimestamp')}
            onChange={(name) => edit({ fieldEventTimestamp: name || undefined })}
          />
          <Switch
            label="Empty payload is a tombstone (route.tombstone.on.empty.payload)"
            hint="A row without a payload sends its key with an empty value, so that a compacted topic forgets it."
            checked={flow.routeTombstoneOnEmptyPayload}
            onCheckedChange={(routeTombstoneOnEmptyPayload) => edit({ routeTombstoneOnEmptyPayload })}
          />
          <RadioGroup
            label="When a row of the outbox is updated (table.op.invalid.behavior)"
            columns={3}
            value={flow.opInvalidBehavior}
            onChange={(opInvalidBehavior) => edit({ opInvalidBehavior })}
            options={[
              { value: 'warn', label: 'warn', hint: 'Left out; the log says so.' },
              { value: 'error', label: 'error', hint: 'Left out; the timeline of the stream says so.' },
              { value: 'fatal', label: 'fatal', hint: 'Handed to recovery.' },
            ]}
          />
        </div>
      </Disclosure>
    </div>
  );
}

interface RouteFieldProps {
  readonly label: string;
  readonly hint: ReactNode;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function RouteField({ label, hint, value, error, onChange }: RouteFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      <Input className="font-mono" value={value} spellCheck={false} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
