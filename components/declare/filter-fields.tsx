'use client';

import { problemFor } from '@/components/forms/problem-text';
import { Checkbox } from '@/components/ui/checkbox';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import type { TableInfo } from '@/core/dto/inspection';
import { filterWords } from './filter-part-form';
import { FilterResults } from './filter-results';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';
import { TransformFields } from './transform-fields';
import type { LivePreview } from './use-preview';

interface FilterProps extends StepProps {
  readonly picked: TableInfo | null;
  readonly live: LivePreview;
}

/** Which changes become events, and what becomes of their columns: tried on real rows while it is typed. */
export function FilterFields({ state, dispatch, problems, picked, live }: FilterProps) {
  const { filter, transform } = state.form;
  const edit = (change: Partial<typeof filter>) => dispatch({ type: 'edit', section: 'filter', change });
  const asked = filterWords(filter, transform);
  const found = asked && !live.loading ? (live.preview?.filter?.problems ?? []) : [];
  const all = [...problems, ...found];
  return (
    <Disclosure title="Filter and masks" chosen={asked || 'every change, columns as they are'} open={asked !== ''}>
      <div className="flex flex-col gap-5">
        <p className="text-sm text-ink-muted">
          Every condition given must hold. Changes left out are counted; one that cannot be judged goes to recovery and is never dropped.
        </p>
        <ChangedColumns picked={picked} chosen={filter.changedColumns} onChange={(changedColumns) => edit({ changedColumns })} />
        <ProblemLine>{all.find(({ field }) => field.startsWith('filter.changedColumns'))?.remedy}</ProblemLine>
        <Condition
          label="CEL"
          value={filter.cel}
          placeholder="Every change"
          error={problemFor(all, 'filter.cel')}
          onChange={(cel) => edit({ cel })}
        >
          Over op, before, after, row (the new row, or the deleted one) and source, such as{' '}
          {code('row.status == "paid" && double(row.amount) > 100.0')}. Integers are exact; numeric is text, times are ISO 8601 text.
        </Condition>
        <Condition
          label="JSONPath"
          value={filter.jsonPath}
          placeholder="Every change"
          error={problemFor(all, 'filter.jsonPath')}
          onChange={(jsonPath) => edit({ jsonPath })}
        >
          The filter of a FabricEventStream, such as {code('[?(@.source.txId > 500 && @.source.lsn > 123456)]')} or{' '}
          {code('[?(@.before.status != @.after.status)]')}. numeric is a JSON number, rounded to about 15 digits.
        </Condition>
        <FilterResults state={state} dispatch={dispatch} live={live} picked={picked} />
        <TransformFields state={state} dispatch={dispatch} problems={all} picked={picked} />
      </div>
    </Disclosure>
  );
}

interface ConditionProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
  readonly children: React.ReactNode;
}

function Condition({ label, value, placeholder, error, onChange, children }: ConditionProps) {
  return (
    <Field label={label} optional hint={children} error={error}>
      <Textarea
        rows={2}
        spellCheck={false}
        className="font-mono"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

interface ChangedProps {
  readonly picked: TableInfo | null;
  readonly chosen: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

function ChangedColumns({ picked, chosen, onChange }: ChangedProps) {
  const names = [...new Set([...(picked?.columns.map(({ name }) => name) ?? []), ...chosen])];
  if (names.length === 0) return null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="text-sm font-medium">Updates pass only when one of these columns changed</legend>
      <p className="text-sm text-ink-muted">
        None chosen: every update passes. An update of the key always does.
        {picked && picked.replicaIdentity !== 'full'
          ? ` This table has replica identity ${picked.replicaIdentity}: old values are sent of its key only, so updates of other columns cannot be told apart and pass. REPLICA IDENTITY FULL sends them.`
          : ''}
      </p>
      <div className="grid max-h-40 gap-x-4 gap-y-2 overflow-y-auto rounded-md border p-3 sm:grid-cols-3">
        {names.map((name) => (
          <Checkbox
            key={name}
            label={<span className="font-mono text-sm break-all">{name}</span>}
            checked={chosen.includes(name)}
            onCheckedChange={(on) => onChange(on === true ? [...chosen, name] : chosen.filter((each) => each !== name))}
          />
        ))}
      </div>
    </fieldset>
  );
}

function code(text: string) {
  return <span className="wrap-anywhere font-mono text-ink">{text}</span>;
}
