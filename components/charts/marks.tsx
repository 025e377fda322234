'use client';

import { cn } from '@/components/ui/cn';
import { formatExact } from '@/components/ui/figures';
import { TONE_BORDER, TONE_FILL } from '@/components/ui/tone';
import { Tooltip } from '@/components/ui/tooltip';
import { useMounted } from '@/components/ui/use-mounted';
import type { Tone } from '@/core/lifecycle/stream-state';
import { AXIS_WIDTH, RIGHT_PADDING } from './plot-size';

/** Something that happened, on the time axis. */
export interface Mark {
  /** Unix seconds. */
  readonly at: number;
  readonly word: string;
  readonly tone: Tone;
  readonly reason: string;
}

/** Marks nearer than this share of the width are one mark. */
const NEAREST = 0.012;
const MOST_IN_TOOLTIP = 4;

/** Thin lines over the plot with a handle to hover or focus. */
export function ChartMarks({ marks, from, to }: { marks: readonly Mark[]; from: number; to: number }) {
  // Where a mark stands depends on the browser's clock.
  const mounted = useMounted();
  const groups = mounted ? groupMarks(marks, from, to) : [];
  return (
    <div className="pointer-events-none absolute inset-y-0 z-10" style={{ left: AXIS_WIDTH, right: RIGHT_PADDING }}>
      {groups.map((group) => (
        <MarkLine key={group.share} group={group} />
      ))}
    </div>
  );
}

function MarkLine({ group: { share, marks } }: { group: MarkGroup }) {
  const last = marks.at(-1);
  if (!last) return null;
  const more = marks.length - MOST_IN_TOOLTIP;
  return (
    <div className="absolute top-0 bottom-6 -translate-x-1/2" style={{ left: `${share * 100}%` }}>
      <span className={cn('absolute inset-y-0 left-1/2 border-l border-dashed opacity-60', TONE_BORDER[last.tone])} aria-hidden />
      <Tooltip
        content={
          <ul className="flex flex-col gap-1">
            {marks.slice(-MOST_IN_TOOLTIP).map((mark) => (
              <li key={`${mark.at}-${mark.word}`}>
                <span className="font-medium">{mark.word}</span>{' '}
                <span className="text-ink-muted">{formatExact(mark.at * 1000).slice(5, 19)}</span>
                <span className="block break-words text-ink-muted">{mark.reason}</span>
              </li>
            ))}
            {more > 0 ? <li className="text-ink-muted">and {more} before</li> : null}
          </ul>
        }
      >
        <button
          type="button"
          aria-label={`${last.word} at ${formatExact(last.at * 1000)}`}
          className="pointer-events-auto relative -top-0.5 grid size-6 -translate-y-1 place-items-center rounded-full"
        >
          <span className={cn('size-2 rotate-45', TONE_FILL[last.tone])} />
        </button>
      </Tooltip>
    </div>
  );
}

interface MarkGroup {
  readonly share: number;
  readonly marks: Mark[];
}

function groupMarks(marks: readonly Mark[], from: number, to: number): MarkGroup[] {
  const groups: MarkGroup[] = [];
  for (const mark of marks) {
    if (mark.at < from || mark.at > to) continue;
    const share = (mark.at - from) / (to - from);
    const near = groups.at(-1);
    if (near && share - near.share < NEAREST) near.marks.push(mark);
    else groups.push({ share, marks: [mark] });
  }
  return groups;
}
