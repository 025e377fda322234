'use client';

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import type { LivePreview as Live } from './use-preview';

/** Loaded when there is a row to show. */
const PreviewTabs = dynamic(() => import('./preview-tabs').then((tabs) => tabs.PreviewTabs), { ssr: false, loading: Waiting });

interface LivePreviewProps {
  readonly live: Live;
  readonly table: string;
  /** The form shows the failure beside the field that it is about. */
  readonly explained: boolean;
  /** The step is about something else: on a narrow screen it is folded until somebody opens it. */
  readonly aside: boolean;
}

/** A real row in, the delivered message out. Stays where it is whatever happens to the question; a narrow screen may fold it to its heading. */
export function LivePreview({ live, table, explained, aside }: LivePreviewProps) {
  const [index, setIndex] = useState(0);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const folded = chosen ?? aside;
  const rows = live.preview?.rows ?? [];
  const at = Math.min(index, Math.max(0, rows.length - 1));
  const row = rows[at];
  return (
    <section aria-label="Live preview" aria-busy={live.loading} className="flex min-w-0 flex-col rounded-lg border bg-surface">
      <div className="flex items-center justify-between gap-2 border-b px-4 py-2.5">
        <div className="min-w-0">
          <h2 className="font-semibold">Live preview</h2>
          <p role="status" className="truncate text-sm text-ink-muted">
            {explained ? 'As it was before the refused row filter.' : statusWords(live, table)}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-1">
          <Button size="icon" variant="ghost" aria-label="Row before" disabled={at === 0} onClick={() => setIndex(at - 1)}>
            <ChevronLeft aria-hidden />
          </Button>
          <span className="text-sm text-ink-muted">{rows.length > 0 ? `${at + 1} of ${rows.length}` : '–'}</span>
          <Button size="icon" variant="ghost" aria-label="Row after" disabled={at >= rows.length - 1} onClick={() => setIndex(at + 1)}>
            <ChevronRight aria-hidden />
          </Button>
          <Button
            size="icon"
            variant="ghost"
            className="lg:hidden"
            aria-label="Preview"
            aria-expanded={!folded}
            onClick={() => setChosen(!folded)}
          >
            {folded ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
          </Button>
        </div>
      </div>
      <div className={cn('flex min-h-64 flex-col gap-3 p-4 pt-2', folded && 'max-lg:hidden')}>
        {live.failure && !explained ? <OutcomeError failure={live.failure} onAgain={live.again} what="a real row" /> : null}
        {row ? (
          <PreviewTabs row={row} unconverted={live.preview?.unconverted} schemas={live.preview?.schemas} />
        ) : live.loading ? (
          <Waiting />
        ) : live.failure ? null : (
          <Nothing live={live} />
        )}
      </div>
    </section>
  );
}

function statusWords({ ready, loading, preview, failure }: Live, table: string): string {
  if (!ready) return 'Waiting for a table.';
  if (loading) return preview ? 'Making it anew…' : `Reading the last rows of ${table}…`;
  if (failure) return preview ? 'The last preview that worked.' : 'Not available.';
  return preview && preview.rows.length > 0 ? `Last rows of ${preview.table}, read just now.` : `${table} has no rows yet.`;
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3 pt-2" aria-hidden>
      <Skeleton className="h-8 w-48" />
      {['w-3/4', 'w-1/2', 'w-2/3', 'w-5/6', 'w-1/3', 'w-3/5'].map((width) => (
        <Skeleton key={width} className={width} />
      ))}
    </div>
  );
}

function Nothing({ live }: { live: Live }) {
  return (
    <p className="m-auto max-w-xs py-8 text-center text-ink-muted">
      {live.ready
        ? (live.preview?.note ?? 'The table is empty. As soon as it has a row, it appears here in the shape it will be delivered.')
        : 'Pick a table: its last rows appear here in the exact shape in which they will be delivered, while you fill in the rest.'}
    </p>
  );
}
