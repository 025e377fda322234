'use client';

import { useMemo } from 'react';
import { cn } from '@/components/ui/cn';
import { diffTexts } from './revision-diff';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

/** Two specs as YAML, line by line. Loaded when somebody compares. */
export default function SpecDiff({ before, after }: { before: string; after: string }) {
  const lines = useMemo(() => diffTexts(before, after), [before, after]);
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
