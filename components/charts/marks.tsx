'use client';

import { useEffect, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { formatExact } from '@/components/ui/figures';
import { Popover } from '@/components/ui/popover';
import { TONE_BORDER, TONE_FILL } from '@/components/ui/tone';

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

/** Handles nearer than this many pixels would cover each other (WCAG 2.5.8), so they become one. */
const HANDLE_PX = 24;
const MOST_SHOWN = 4;

/** Thin lines over the plot, and handles above them to hover or focus. */
export function ChartMarks({ marks, from, to }: { marks: readonly Mark[]; from: number; to: number }) {
  const [width, setWidth] = useState(0);
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={host} className="pointer-events-none absolute inset-y-0 z-10" style={{ left: AXIS_WIDTH, right: RIGHT_PADDING }}>
      {groupMarks(marks, from, to, width).map((group) => (
        <MarkGroupView key={`${group.left}`} group={group} />
      ))}
    </div>
  );
}

function MarkGroupView({ group: { left, marks, lines } }: { group: MarkGroup }) {
  const last = marks.at(-1);
  if (!last) return null;
  const more = marks.length - MOST_SHOWN;
  return (
    <>
      {lines.map((line) => (
        <span
          key={line.left}
          className={cn('absolute top-1 bottom-6 border-l border-dashed opacity-60', TONE_BORDER[line.tone])}
          style={{ left: line.left }}
          aria-hidden
        />
      ))}
      <Popover
        label="Changes of state"
        trigger={
          <button
            type="button"
            title={`${last.word}: ${last.reason}`}
            aria-label={`${last.word} at ${formatExact(last.at * 1000)}${marks.length > 1 ? ` and ${marks.length - 1} before` : ''}`}
            className="pointer-events-auto absolute -top-2.5 grid size-6 -translate-x-1/2 place-items-center rounded-full"
            style={{ left }}
          >
            <span className={cn('size-2 rotate-45', TONE_FILL[last.tone])} />
          </button>
        }
      >
        <ul className="flex flex-col gap-1">
          {marks.slice(-MOST_SHOWN).map((mark) => (
            <li key={`${mark.at}-${mark.word}`}>
              <span className="font-medium">{mark.word}</span>{' '}
              <span className="text-ink-muted">{formatExact(mark.at * 1000).slice(5, 19)}</span>
              <span className="block break-words text-ink-muted">{mark.reason}</span>
            </li>
          ))}
          {more > 0 ? <li className="text-ink-muted">and {more} before</li> : null}
        </ul>
      </Popover>
    </>
  );
}

interface MarkGroup {
  /** Pixels from the left of the plot, where the first mark stands. */
  readonly left: number;
  readonly marks: Mark[];
  readonly lines: { readonly left: number; readonly tone: Tone }[];
}

/** Nothing before the width is known: the server and the hydrating page draw no marks. */
function groupMarks(marks: readonly Mark[], from: number, to: number, width: number): MarkGroup[] {
  const groups: MarkGroup[] = [];
  if (width === 0) return groups;
  for (const mark of marks) {
    if (mark.at < from || mark.at > to) continue;
    const left = Math.round(((mark.at - from) / (to - from)) * width);
    const near = groups.at(-1);
    const group = near && left - near.left < HANDLE_PX ? near : { left, marks: [], lines: [] };
    if (group !== near) groups.push(group);
    group.marks.push(mark);
    if (group.lines.at(-1)?.left !== left) group.lines.push({ left, tone: mark.tone });
  }
  return groups;
}
