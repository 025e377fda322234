'use client';

import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Textarea } from '@/components/ui/textarea';
import type { TableInfo } from '@/core/dto/inspection';
import type { PartitionNames } from '@/core/spec/source-choices';
import { filterRefusal } from './filter-refusal';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';
import type { LivePreview } from './use-preview';

interface RowProps extends StepProps {
  readonly picked: TableInfo | null;
  /** server_version_num of the source; null until it is known. */
  readonly versionNum: number | null;
}

/** The condition on rows, tried on real ones while it is typed: the preview's question is the check. */
export function RowFilterCard({ state, dispatch, problems, versionNum, live }: Omit<RowProps, 'picked'> & { readonly live: LivePreview }) {
  const { rowFilter } = state.form.source;
  const tried = rowFilter !== '' && !live.loading;
  const refused = tried ? filterRefusal(rowFilter, live) : null;
  const counted = tried && !live.failure ? live.preview?.rowFilter : null;
  return (
    <Card title="Rows" description="Rows left out never leave the server: the publication itself does not carry them.">
      {versionNum !== null && versionNum < 150_000 && rowFilter === '' ? (
        <Why>Every row is delivered: a row filter needs PostgreSQL 15 or later, and this server is older.</Why>
      ) : (
        <div className="flex flex-col gap-2">
          <Field
            label="Row filter"
            optional
            hint="A SQL condition as after WHERE, such as id > 100. An update that moves a row out of it arrives as a delete, one that moves a row in as an insert."
            error={problemFor(problems, 'source.rowFilter') ?? refused}
          >
            <Textarea
              rows={2}
              spellCheck={false}
              className="font-mono"
              placeholder="Every row"
              value={rowFilter}
              onChange={(event) => dispatch({ type: 'edit', section: 'source', change: { rowFilter: event.target.value } })}
            />
          </Field>
          <p role="status" className="min-h-5 text-sm text-ink-muted">
            {counted
              ? `${counted.passing} of ${counted.sampled} sampled rows pass.`
              : rowFilter && live.loading
                ? 'Trying it on real rows…'
                : ''}
          </p>
        </div>
      )}
    </Card>
  );
}

const PARTITION_OPTIONS: readonly { value: PartitionNames; label: string; hint: string }[] = [
  { value: 'root', label: 'Name of the table', hint: 'The default: events look the same whichever partition the row is in.' },
  { value: 'leaf', label: 'Name of the partition', hint: 'Not together with a row filter or chosen columns: Postgres takes neither then.' },
];

/** What few tables have: partitions, generated columns, rows that were replicated, logical messages. */
export function AdvancedRowFields({ state, dispatch, problems, picked, versionNum }: RowProps) {
  const { partitions, generatedColumns, origin, messagePrefixes } = state.form.source;
  const edit = (change: Partial<typeof state.form.source>) => dispatch({ type: 'edit', section: 'source', change });
  const below = (wanted: number) => versionNum !== null && versionNum < wanted;
  const generated = picked?.columns.some((column) => column.generated) ?? false;
  return (
    <>
      {picked?.kind === 'partitioned' || partitions ? (
        <RadioGroup
          label="Rows of partitions come under the"
          columns={2}
          value={partitions || 'root'}
          onChange={(value) => edit({ partitions: value === 'leaf' ? 'leaf' : '' })}
          options={PARTITION_OPTIONS}
        />
      ) : null}
      <ProblemLine>{problemFor(problems, 'source.partitions')}</ProblemLine>
      {generatedColumns || (generated && !below(180_000)) ? (
        <Checkbox
          label="Deliver stored generated columns"
          hint="In changes and in existing rows alike."
          checked={generatedColumns === true}
          onCheckedChange={(on) => edit({ generatedColumns: on === true ? true : null })}
        />
      ) : (
        generated && <Why>Generated columns are not delivered: that needs PostgreSQL 18, and this server is older.</Why>
      )}
      <ProblemLine>{problemFor(problems, 'source.generatedColumns')}</ProblemLine>
      {origin === 'none' || !below(160_000) ? (
        <Checkbox
          label="Leave out changes that this server replicated from another one"
          hint="So that two servers that replicate each other do not send the same change twice. Existing rows are all delivered."
          checked={origin === 'none'}
          onCheckedChange={(on) => edit({ origin: on === true ? 'none' : '' })}
        />
      ) : (
        <Why>Replicated changes cannot be left out: that needs PostgreSQL 16, and this server is older.</Why>
      )}
      <ProblemLine>{problemFor(problems, 'source.origin')}</ProblemLine>
      <Field
        label="Prefixes of logical messages"
        optional
        hint="Messages that the application writes by pg_logical_emit_message become events of operation m. Separate prefixes by commas; * takes every prefix."
        error={problems.find(({ field }) => field.startsWith('source.messagePrefixes'))?.remedy}
      >
        <Input
          spellCheck={false}
          placeholder="None"
          defaultValue={messagePrefixes?.join(', ') ?? ''}
          onChange={(event) => edit({ messagePrefixes: prefixesOf(event.target.value) })}
        />
      </Field>
    </>
  );
}

/** Null when none is typed. */
function prefixesOf(typed: string): readonly string[] | null {
  const prefixes = typed
    .split(',')
    .map((prefix) => prefix.trim())
    .filter(Boolean);
  return prefixes.length > 0 ? prefixes : null;
}

function Why({ children }: { children: string }) {
  return <p className="text-sm text-ink-muted">{children}</p>;
}
