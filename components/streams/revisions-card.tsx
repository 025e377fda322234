'use client';

import { useMemo, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { RelativeTime } from '@/components/ui/relative-time';
import type { RevisionDto } from '@/core/dto/stream';
import { printStreamYaml } from '@/core/spec/stream-yaml';
import { diffTexts } from './revision-diff';

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
      {open && before ? <SpecDiff before={before} after={revision} /> : null}
    </li>
  );
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

function SpecDiff({ before, after }: { before: RevisionDto; after: RevisionDto }) {
  const lines = useMemo(() => diffTexts(printStreamYaml(before.spec), printStreamYaml(after.spec)), [before, after]);
  if (lines.every((line) => line.kind === 'same')) return <p className="mt-2 text-sm text-ink-muted">The specs are the same.</p>;
  return (
    <div className="mt-2 overflow-x-auto rounded-md border font-mono text-sm">
      {lines.map((line) => (
        <div
          key={line.number}
          className={cn(
            'flex px-2 whitespace-pre',
            line.kind === 'added' && 'bg-healthy-soft text-healthy',
            line.kind === 'removed' && 'bg-danger-soft text-danger',
          )}
        >
          <span className="w-4 shrink-0 select-none" aria-hidden>
            {SIGNS[line.kind]}
          </span>
          {line.kind === 'same' ? null : <span className="sr-only">{line.kind} </span>}
          {line.text}
        </div>
      ))}
    </div>
  );
}
