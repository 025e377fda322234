import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { formatPlural } from '@/components/ui/figures';
import { Input } from '@/components/ui/input';
import { RadioGroup, type RadioOption } from '@/components/ui/radio-group';
import type { TableInfo } from '@/core/dto/inspection';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { SnapshotMethod, SnapshotMode } from '@/core/spec/source-choices';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';

/** In a few words, for the summary. */
export const SNAPSHOT_WORDS: Readonly<Record<SnapshotMode, string>> = {
  initial: 'existing rows first',
  initial_only: 'existing rows only',
  no_data: 'only changes from now on',
  when_needed: 'existing rows first, and again when the slot is lost',
};

/** Which rows that are there already are delivered; the values are those of Debezium's snapshot.mode. */
export function SnapshotChoice({ state, dispatch, problems, picked }: StepProps & { picked: TableInfo | null }) {
  const about = picked ? ` (about ${formatPlural(Math.max(0, picked.estimatedRows), 'row')})` : '';
  const options: readonly RadioOption<SnapshotMode>[] = [
    {
      value: 'initial',
      label: 'Deliver them first',
      hint: `Every existing row${about} once, as a read event; changes follow without a gap. (initial)`,
    },
    {
      value: 'when_needed',
      label: 'Deliver them first, and again when needed',
      hint: 'And the table is read again by itself when the slot was lost, at most three times an hour. (when_needed)',
    },
    {
      value: 'initial_only',
      label: 'Deliver them and end',
      hint: 'No change is delivered. Then the stream retires itself; slot and publication are dropped. (initial_only)',
    },
    {
      value: 'no_data',
      label: 'Only changes from now on',
      hint: 'From the first change after approval. Rows that never change are never delivered. (no_data)',
    },
  ];
  return (
    <Card title="Rows that are there already" description="In brackets Debezium’s snapshot.mode.">
      <div className="flex flex-col gap-3">
        <RadioGroup
          label="Snapshot"
          labelHidden
          columns={2}
          value={state.form.source.snapshot}
          onChange={(snapshot) => dispatch({ type: 'edit', section: 'source', change: { snapshot } })}
          options={options}
        />
        <ProblemLine>{problemFor(problems, 'source.snapshot')}</ProblemLine>
      </div>
    </Card>
  );
}

const METHODS: readonly RadioOption<SnapshotMethod | ''>[] = [
  {
    value: '',
    label: 'In chunks, while changes stream',
    hint: 'The default: by key, no long transaction, and a restart goes on where it was. A table without a key is read in one pass.',
  },
  {
    value: 'blocking',
    label: 'In one pass, before any change',
    hint: 'blocking: the table as it was at one moment. Faster with several readers, but it starts over when interrupted, and the slot holds all WAL meanwhile. After six hours it goes on in chunks.',
  },
];

/** How existing rows are read; nothing where none are. */
export function SnapshotMethodFields({ state, dispatch, problems }: StepProps) {
  const { snapshot, snapshotMethod, snapshotMaxThreads } = state.form.source;
  if (!deliversRows(snapshot)) return null;
  const edit = (change: { snapshotMethod?: SnapshotMethod | ''; snapshotMaxThreads?: string }) =>
    dispatch({ type: 'edit', section: 'source', change });
  return (
    <div className="flex flex-col gap-3">
      <RadioGroup
        label="How existing rows are read"
        value={snapshotMethod === 'chunks' ? '' : snapshotMethod}
        onChange={(method) => edit(method === '' ? { snapshotMethod: '', snapshotMaxThreads: '' } : { snapshotMethod: method })}
        options={METHODS}
      />
      <ProblemLine>{problemFor(problems, 'source.snapshotMethod')}</ProblemLine>
      {snapshotMethod === 'blocking' ? (
        <Field
          label="Readers"
          optional
          hint="1 to 8, each with a connection of its own and a share of the table. Empty: 1."
          error={problemFor(problems, 'source.snapshotMaxThreads')}
          className="max-w-60"
        >
          <Input inputMode="numeric" value={snapshotMaxThreads} onChange={(event) => edit({ snapshotMaxThreads: event.target.value })} />
        </Field>
      ) : null}
    </div>
  );
}
