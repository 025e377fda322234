import { ScrollRegion } from '@/components/forms/scroll-region';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { sentence } from '@/components/ui/figures';
import type { PreviewRow, TableInfo } from '@/core/dto/inspection';
import { formOfFilter } from './filter-part-form';
import type { StepProps } from './step-props';
import type { LivePreview } from './use-preview';

type ResultsProps = Omit<StepProps, 'problems'> & { readonly live: LivePreview; readonly picked: TableInfo | null };

/** What the filter does to real rows, and what of it the server could do instead. */
export function FilterResults({ state, dispatch, live, picked }: ResultsProps) {
  const { changedColumns, cel, jsonPath } = state.form.filter;
  const asked = changedColumns.length > 0 || cel !== '' || jsonPath !== '';
  if (!asked) return null;
  const found = live.loading || live.failure ? null : live.preview?.filter;
  const refused = found?.problems.some(({ field }) => field.startsWith('filter')) ?? false;
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="min-h-5 text-sm text-ink-muted">
        {live.loading
          ? 'Trying it on real rows…'
          : found && !refused
            ? `${found.passing} of ${found.sampled} sampled rows pass.`
            : refused
              ? 'Not tried: the filter is refused.'
              : ''}
      </p>
      {found && !refused ? <Rows rows={live.preview?.rows ?? []} picked={picked} /> : null}
      {found && found.warnings.length > 0 ? (
        <Callout tone="attention" title="What the sampled rows do not show">
          {found.warnings.map((warning) => (
            <p key={warning} className="break-words">
              {warning}
            </p>
          ))}
        </Callout>
      ) : null}
      {found?.pushdown ? (
        <Callout title="The server can decide this, with the same outcome">
          <p>As a row filter it costs less: rows left out never leave the server. They are then not counted either.</p>
          <p className="font-mono text-sm break-words">{found.pushdown.rowFilter}</p>
          <p>{found.pushdown.filter ? 'The rest of the filter stays here.' : 'Nothing of the filter is left here.'}</p>
          <Button
            size="sm"
            onClick={() => {
              const { pushdown } = found;
              if (!pushdown) return;
              dispatch({ type: 'edit', section: 'source', change: { rowFilter: pushdown.rowFilter } });
              dispatch({ type: 'edit', section: 'filter', change: formOfFilter(pushdown.filter ?? undefined) });
            }}
          >
            Let the server do it
          </Button>
        </Callout>
      ) : null}
    </div>
  );
}

function Rows({ rows, picked }: { rows: readonly PreviewRow[]; picked: TableInfo | null }) {
  return (
    <ScrollRegion label="Sampled rows" className="max-h-44 overflow-y-auto rounded-md border">
      <ul className="divide-y text-sm">
        {rows.map((row, index) => (
          <li key={`${index}-${nameOf(row, picked)}`} className="flex flex-wrap items-baseline gap-x-3 px-3 py-1.5">
            <span className="font-mono break-all">{nameOf(row, picked)}</span>
            <Verdict row={row} />
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}

function Verdict({ row: { left } }: { row: PreviewRow }) {
  if (!left) return <Badge tone="healthy">passes</Badge>;
  return (
    <>
      <Badge tone={left.kind === 'failed' ? 'danger' : 'neutral'}>{left.kind === 'failed' ? 'goes to recovery' : 'left out'}</Badge>
      <span className="min-w-0 break-words text-ink-muted">{left.kind === 'failed' ? sentence(left.reason) : left.reason}</span>
    </>
  );
}

/** Instead of a message: why none is made. */
export function LeftOut({ left }: { left: NonNullable<PreviewRow['left']> }) {
  return (
    <p className="flex flex-col gap-1 py-4">
      <span className="font-medium">{left.kind === 'failed' ? 'This row goes to recovery.' : 'This row is left out.'}</span>
      <span className="break-words text-ink-muted">{left.reason}</span>
    </p>
  );
}

/** A row by its key, or by its first value. */
function nameOf({ input }: PreviewRow, picked: TableInfo | null): string {
  const names = picked && picked.primaryKey.length > 0 ? picked.primaryKey : Object.keys(input).slice(0, 1);
  return names.map((name) => `${name} ${input[name] ?? 'NULL'}`).join(', ');
}
