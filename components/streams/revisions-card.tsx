'use client';

import { lazy, Suspense, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import { Skeleton } from '@/components/ui/skeleton';
import type { RevisionDto } from '@/core/dto/stream';

const SpecDiff = lazy(() => import('./spec-diff'));

/** Every revision, newest first, each comparable with the one before. */
export function RevisionsCard({ revisions }: { revisions: readonly RevisionDto[] }) {
  return (
    <Card title="Revisions" flush>
      <ol className="divide-y border-t">
        {revisions.map((revision, index) => (
          <RevisionItem key={revision.id} revision={revision} before={revisions[index + 1]} />
        ))}
      </ol>
    </Card>
  );
}

function RevisionItem({ revision, before }: { revision: RevisionDto; before: RevisionDto | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="px-4 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="font-medium">Revision {revision.number}</span>
          {revision.current ? <Badge>current</Badge> : null}
          <span className="text-sm text-ink-muted">
            {revision.createdBy}, <RelativeTime at={revision.createdAt} />
          </span>
        </div>
        {before ? (
          <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide changes' : `Compare with ${before.number}`}
          </Button>
        ) : null}
      </div>
      {revision.note ? <p className="text-sm break-words text-ink-muted">{revision.note}</p> : null}
      {open && before ? (
        <Suspense fallback={<Skeleton className="mt-2 h-24" />}>
          <SpecDiff before={before.yaml} after={revision.yaml} />
        </Suspense>
      ) : null}
    </li>
  );
}
