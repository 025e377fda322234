'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { formatPlural } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { TONE_TEXT } from '@/components/ui/tone';
import type { TimelineEntryDto } from '@/core/dto/stream';
import { STATE_FACES } from '@/core/lifecycle/stream-state';
import { STATE_ICONS } from './state-icon';

const FIRST = 8;

/** Each change of state and each act on this stream, newest first, with its reason. */
export function TimelineCard({ entries }: { entries: readonly TimelineEntryDto[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, FIRST);
  const hidden = entries.length - shown.length;
  return (
    <Card title="Timeline">
      <ol className="flex flex-col">
        {shown.map((entry, index) => (
          <TimelineItem key={entry.id} entry={entry} last={index === shown.length - 1} />
        ))}
      </ol>
      {hidden > 0 ? (
        <Button size="sm" className="mt-2" onClick={() => setAll(true)}>
          Show {formatPlural(hidden, 'earlier entry', 'earlier entries')}
        </Button>
      ) : null}
    </Card>
  );
}

function TimelineItem({ entry, last }: { entry: TimelineEntryDto; last: boolean }) {
  const face = STATE_FACES[entry.toState];
  const Icon = STATE_ICONS[entry.toState];
  const changed = entry.fromState !== entry.toState;
  return (
    <li className="flex gap-3">
      <span className="flex flex-col items-center" aria-hidden>
        <Icon className={cn('mt-0.5 size-4 shrink-0', changed ? TONE_TEXT[face.tone] : 'text-ink-faint')} />
        {last ? null : <span className="my-1 w-px flex-1 bg-line" />}
      </span>
      <div className="min-w-0 pb-3">
        <p className="flex flex-wrap items-baseline gap-x-2">
          {changed ? <span className={cn('font-medium', TONE_TEXT[face.tone])}>{face.word}</span> : null}
          <span className="text-sm text-ink-muted">
            <RelativeTime at={entry.at} /> by {entry.actor}
          </span>
        </p>
        <p className="text-sm break-words">{entry.reason}</p>
      </div>
    </li>
  );
}
