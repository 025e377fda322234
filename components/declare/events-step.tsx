'use client';

import { problemFor } from '@/components/forms/problem-text';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { Disclosure } from '@/components/ui/disclosure';
import { RadioGroup } from '@/components/ui/radio-group';
import type { TableInfo } from '@/core/dto/inspection';
import { type OffsetMismatchStrategy, OPERATIONS, type Operation } from '@/core/spec/source-choices';
import { IdentityTrouble } from './identity-trouble';
import { possibleOperations } from './possible-operations';
import { ProblemLine } from './problem-line';
import { AdvancedRowFields, RowFilterCard } from './row-fields';
import { advancedWords } from './row-words';
import { SnapshotChoice, SnapshotMethodFields } from './snapshot-fields';
import type { StepProps } from './step-props';
import type { LivePreview } from './use-preview';

const OPERATION_HINTS: Readonly<Record<Operation, string>> = {
  insert: 'A row is added.',
  update: 'A row changes.',
  delete: 'A row is removed.',
  truncate: 'The whole table is emptied at once; delivered as one event without a row.',
};

interface EventsStepProps extends StepProps {
  readonly picked: TableInfo | null;
  /** server_version_num of the source; null until it is known. */
  readonly versionNum: number | null;
  readonly live: LivePreview;
}

export function EventsStep({ state, dispatch, problems, picked, versionNum, live }: EventsStepProps) {
  const { source } = state.form;
  const possible: readonly Operation[] = picked ? possibleOperations(picked) : OPERATIONS;
  return (
    <div className="flex flex-col gap-4">
      <Card title="Operations" description="Changes of the table that become events.">
        <div className="flex flex-col gap-3">
          <fieldset className="grid gap-3 sm:grid-cols-2">
            <legend className="sr-only">Operations</legend>
            {OPERATIONS.map((operation) => (
              <Checkbox
                key={operation}
                label={operation}
                hint={possible.includes(operation) ? OPERATION_HINTS[operation] : 'Not possible: the table has no replica identity.'}
                checked={source.operations.includes(operation)}
                disabled={!possible.includes(operation) && !source.operations.includes(operation)}
                onCheckedChange={(on) => dispatch({ type: 'operation', operation, on: on === true })}
              />
            ))}
          </fieldset>
          {picked ? <IdentityTrouble table={picked} /> : null}
          <ProblemLine>{problemFor(problems, 'source.operations')}</ProblemLine>
        </div>
      </Card>
      <Columns state={state} dispatch={dispatch} problems={problems} picked={picked} />
      <RowFilterCard state={state} dispatch={dispatch} problems={problems} versionNum={versionNum} live={live} />
      <SnapshotChoice state={state} dispatch={dispatch} problems={problems} picked={picked} />
      <Advanced state={state} dispatch={dispatch} problems={problems} picked={picked} versionNum={versionNum} />
    </div>
  );
}

const MISMATCH_OPTIONS: readonly { value: OffsetMismatchStrategy | ''; label: string; hint: string }[] = [
  { value: '', label: 'Stop and ask', hint: 'The default: nothing is skipped until a person has decided.' },
  { value: 'trust_offset', label: 'trust_offset', hint: 'Our own record counts: stop when the slot stands beyond it.' },
  {
    value: 'trust_slot',
    label: 'trust_slot',
    hint: 'The slot counts: go on from it. Changes in between are not delivered; the timeline says so.',
  },
  {
    value: 'trust_greater_lsn',
    label: 'trust_greater_lsn',
    hint: 'The later position counts. Changes in between are not delivered; the timeline says so.',
  },
  { value: 'no_validation', label: 'no_validation', hint: 'As trust_slot: the positions are not compared.' },
];

/** What few ever need; the strategies have the names of Debezium's offset.mismatch.strategy. */
function Advanced({ state, dispatch, problems, picked, versionNum }: Omit<EventsStepProps, 'live'>) {
  const { offsetMismatchStrategy: chosen } = state.form.source;
  const words = advancedWords(state.form.source);
  return (
    <Disclosure title="Advanced" chosen={words || 'nothing chosen'} open={words !== ''}>
      <AdvancedRowFields state={state} dispatch={dispatch} problems={problems} picked={picked} versionNum={versionNum} />
      <SnapshotMethodFields state={state} dispatch={dispatch} problems={problems} />
      <RadioGroup
        label="When somebody moved or recreated the slot"
        value={chosen}
        onChange={(offsetMismatchStrategy) => dispatch({ type: 'edit', section: 'source', change: { offsetMismatchStrategy } })}
        options={MISMATCH_OPTIONS}
      />
      <ProblemLine>{problemFor(problems, 'source.offsetMismatchStrategy')}</ProblemLine>
    </Disclosure>
  );
}

function Columns({ state, dispatch, problems, picked }: StepProps & { picked: TableInfo | null }) {
  const { columns } = state.form.source;
  const names = picked?.columns.filter((column) => !column.generated).map((column) => column.name) ?? [];
  const locked = new Set([...(picked?.identityColumns ?? []), ...(picked?.primaryKey ?? [])]);
  const full = picked?.replicaIdentity === 'full';
  const choose = (name: string, on: boolean) => {
    const chosen = new Set([...(columns ?? names), ...locked]);
    if (on) chosen.add(name);
    else chosen.delete(name);
    dispatch({ type: 'columns', columns: names.filter((each) => chosen.has(each)) });
  };
  return (
    <Card title="Columns" description="Columns left out never leave the server: the publication itself does not carry them.">
      <div className="flex flex-col gap-3">
        <RadioGroup
          label="Columns"
          labelHidden
          columns={2}
          value={columns === null ? 'all' : 'some'}
          onChange={(choice) => dispatch({ type: 'columns', columns: choice === 'all' ? null : (columns ?? names) })}
          options={[
            { value: 'all', label: 'Every column', hint: 'Also those that are added to the table later.' },
            {
              value: 'some',
              label: 'Chosen columns',
              hint: full
                ? 'Not possible with replica identity full: updates and deletes need every column.'
                : picked
                  ? 'Needs PostgreSQL 15 or later.'
                  : 'Pick a table first.',
              disabled: columns === null && (names.length === 0 || full),
            },
          ]}
        />
        {columns === null ? null : (
          <fieldset className="grid max-h-72 gap-x-4 gap-y-2 overflow-y-auto rounded-md border p-3 sm:grid-cols-2">
            <legend className="sr-only">Columns to deliver</legend>
            {(picked?.columns ?? columns.map((name) => ({ name, type: '', generated: false, toastable: false }))).map((column) => (
              <Checkbox
                key={column.name}
                label={
                  <span className="flex flex-wrap items-center gap-x-2">
                    <span className="font-mono text-sm break-all">{column.name}</span>
                    {locked.has(column.name) ? <Badge>key</Badge> : null}
                  </span>
                }
                hint={
                  [column.type, column.generated ? 'generated, never published' : null, column.toastable ? 'large values' : null]
                    .filter(Boolean)
                    .join(', ') || undefined
                }
                checked={locked.has(column.name) || columns.includes(column.name)}
                disabled={locked.has(column.name) || column.generated}
                onCheckedChange={(on) => choose(column.name, on === true)}
              />
            ))}
          </fieldset>
        )}
        <ProblemLine>{problemFor(problems, 'source.columns')}</ProblemLine>
      </div>
    </Card>
  );
}
