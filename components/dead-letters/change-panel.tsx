import { ScrollRegion } from '@/components/forms/scroll-region';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { formatBytes } from '@/components/ui/figures';
import { JsonTree } from '@/components/ui/json-tree';
import { type ColumnView, operationWord, readChange } from './change-view';

/** The change as decoded from the source: what a replay starts from. */
export function ChangePanel({ input }: { input: unknown }) {
  const view = readChange(input);
  if (!view)
    return (
      <ScrollRegion label="Input" className="max-h-[26rem] overflow-auto rounded-md border bg-sunken p-3">
        <JsonTree value={input} />
      </ScrollRegion>
    );
  return (
    <ScrollRegion label="Input" className="max-h-[26rem] overflow-auto rounded-md border">
      <dl className="divide-y text-sm">
        {view.columns.map((column) => (
          <div
            key={column.name}
            className={cn('grid grid-cols-[minmax(5rem,2fr)_3fr] gap-3 px-3 py-1.5', column.changed && 'bg-attention-soft')}
          >
            <dt className="flex flex-wrap items-center gap-x-2 self-start font-mono break-all text-ink-muted">
              {column.name}
              {column.key ? <Badge>key</Badge> : null}
            </dt>
            <dd className="min-w-0 font-mono break-all">
              <Values column={column} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="border-t px-3 py-1.5 text-sm text-ink-muted">
        {operationWord(view.op)}
        {view.columns.some((column) => column.changed) ? '; changed columns are marked' : ''}
      </p>
    </ScrollRegion>
  );
}

function Values({ column }: { column: ColumnView }) {
  if (column.unchanged) return <span className="font-sans text-ink-muted">unchanged, not sent by the server</span>;
  const now = column.after === undefined ? column.before : column.after;
  return (
    <>
      {column.changed ? (
        <>
          <span className="sr-only">was </span>
          <del className="text-ink-muted">
            <Value value={column.before} />
          </del>{' '}
          <span className="sr-only">is </span>
        </>
      ) : null}
      {column.cutBytes === undefined ? (
        <Value value={now} />
      ) : (
        <>
          <span className="block font-sans text-ink-muted">
            {formatBytes(column.cutBytes)} in all, read again from the table by a replay. It begins:
          </span>
          <span className="line-clamp-6">
            <Value value={now} />
          </span>
        </>
      )}
    </>
  );
}

function Value({ value }: { value: string | null | undefined }) {
  if (value === null) return <span className="text-ink-faint">NULL</span>;
  if (value === undefined) return <span className="font-sans text-ink-faint">not in the event</span>;
  return <>{value}</>;
}
