import { problemFor } from '@/components/forms/problem-text';
import { isTimestamp, isWholeNumber } from '@/core/spec/delta-defaults';
import type { DeltaSpec } from '@/core/spec/delta-flow';
import { ColumnField } from './column-field';
import type { FlowProps } from './step-props';

/** Which columns stand in the envelope of a delta. */
export function DeltaFields({ state, dispatch, problems, picked }: FlowProps) {
  const { flow } = state.form;
  if (flow.type !== 'Delta') return null;
  const edit = (change: Partial<DeltaSpec>) => dispatch({ type: 'edit', section: 'flow', change });
  const columns = picked?.columns ?? [];
  const named = (fits: (type: string) => boolean) => columns.filter(({ type }) => fits(type)).map(({ name }) => name);
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <ColumnField
        label="Aggregate id"
        hint="Events of one aggregate are delivered in order. The primary key: each row is an aggregate."
        none="The primary key"
        columns={named(() => true)}
        value={flow.aggregateIdField ?? ''}
        error={problemFor(problems, 'flow.aggregateIdField')}
        onChange={(name) => edit({ aggregateIdField: name || undefined })}
      />
      <ColumnField
        label="Version"
        hint="A whole number that rises with every change. With old rows, one that does not rise goes to recovery."
        none="The position of the commit"
        columns={named(isWholeNumber)}
        value={flow.versionField ?? ''}
        error={problemFor(problems, 'flow.versionField')}
        onChange={(name) => edit({ versionField: name || undefined })}
      />
      <ColumnField
        label="Event time"
        hint="An event whose time is more than 5 s off its commit goes to recovery. now() is the start of a transaction; clock_timestamp() is not."
        none="The time of the commit"
        columns={named(isTimestamp)}
        value={flow.eventTimeField ?? ''}
        error={problemFor(problems, 'flow.eventTimeField')}
        onChange={(name) => edit({ eventTimeField: name || undefined })}
      />
    </div>
  );
}
