'use client';

import { cn } from '@/components/ui/cn';
import { Popover } from '@/components/ui/popover';
import { RelativeTime } from '@/components/ui/relative-time';
import { TONE_SOFT, TONE_TEXT } from '@/components/ui/tone';
import { STATE_FACES, type StreamState } from '@/core/lifecycle/stream-state';
import { STATE_ICONS } from './state-icon';

interface StatePillProps {
  readonly state: StreamState;
  readonly since: string;
  readonly reason: string | null;
  /** Says since when beside the pill. */
  readonly withSince?: boolean;
}

/** The state's word; its sentence, reason and next action open on click or tap. */
export function StatePill({ state, since, reason, withSince = false }: StatePillProps) {
  const face = STATE_FACES[state];
  const Icon = STATE_ICONS[state];
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <Popover
        label={`State: ${face.word}`}
        trigger={
          <button
            type="button"
            data-state-word={state}
            title={face.sentence}
            className={cn(
              'inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-sm font-medium whitespace-nowrap',
              TONE_SOFT[face.tone],
            )}
          >
            <Icon className="size-3.5 shrink-0" aria-hidden />
            {face.word}
          </button>
        }
      >
        <p className={cn('mb-1 flex items-center gap-1.5 font-medium', TONE_TEXT[face.tone])}>
          <Icon className="size-4" aria-hidden />
          {face.word} for <RelativeTime at={since} as="span" />
        </p>
        <p>{face.sentence}</p>
        {reason ? <p className="mt-2 break-words text-ink-muted">{reason}</p> : null}
        <p className="mt-2 border-t pt-2">
          <span className="text-ink-muted">Next: </span>
          {face.next}
        </p>
      </Popover>
      {withSince ? (
        <span className="text-sm whitespace-nowrap text-ink-muted">
          for <RelativeTime at={since} as="span" />
        </span>
      ) : null}
    </span>
  );
}
