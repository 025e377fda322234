'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { formatExact } from '@/components/ui/figures';
import type { Unit } from './axis-steps';
import { extentOf, withGaps } from './gaps';
import { ChartMarks, type Mark } from './marks';
import { PLOT_HEIGHT } from './plot-size';

const Plot = dynamic(() => import('./plot'), { ssr: false, loading: () => <div style={{ height: PLOT_HEIGHT }} /> });

interface TimeChartProps {
  readonly title: string;
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
  /** Seconds between samples of this range. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  /** A level to stay below, with its name ("budget 1 GB"). */
  readonly limit?: { readonly value: number; readonly label: string } | null;
  readonly marks: readonly Mark[];
  readonly unit: Unit;
  readonly format: (value: number) => string;
  /** "the last 15 minutes" */
  readonly span: string;
}

/** One figure over time: line, limit, marks, the value under the pointer, and a sentence for those who do not see it. */
export function TimeChart({ title, at, values, step, from, to, limit = null, marks, unit, format, span }: TimeChartProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const extent = extentOf(values);
  const { at: times, columns } = withGaps(at, [values], step);
  const column = columns[0] ?? [];
  const pointed = hovered === null ? null : (column[hovered] ?? null);
  const pointedAt = hovered === null ? undefined : times[hovered];
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex items-baseline justify-between gap-3">
        <span className="font-medium">{title}</span>
        <span className="truncate text-sm text-ink-muted">
          {hovered !== null && pointedAt !== undefined ? (
            <>
              {pointed === null ? 'not sampled' : format(pointed)}{' '}
              <span className="max-sm:hidden">at {formatExact(pointedAt * 1000).slice(11)}</span>
            </>
          ) : extent ? (
            `now ${format(extent.last)}`
          ) : null}
        </span>
      </figcaption>
      <p className="sr-only">{summaryOf({ title, extent, limit, marks, format, span })}</p>
      <div className="relative">
        {extent ? (
          <>
            <ChartMarks marks={marks} from={from} to={to} />
            <Plot
              at={times}
              values={column}
              limit={limit?.value ?? null}
              from={from}
              to={to}
              unit={unit}
              format={format}
              onHover={setHovered}
            />
          </>
        ) : (
          <div style={{ height: PLOT_HEIGHT }} className="grid place-items-center rounded-md bg-sunken text-sm text-ink-muted">
            Nothing was sampled in {span}.
          </div>
        )}
      </div>
    </figure>
  );
}

type Summary = Pick<TimeChartProps, 'title' | 'marks' | 'format' | 'span'> & {
  readonly extent: ReturnType<typeof extentOf>;
  readonly limit: TimeChartProps['limit'];
};

function summaryOf({ title, extent, limit, marks, format, span }: Summary): string {
  if (!extent) return `${title}: nothing was sampled in ${span}.`;
  const against = limit ? ` The limit is ${limit.label}${extent.high > limit.value ? ' and was passed' : ''}.` : '';
  const changes = marks.length > 0 ? ` ${marks.length} state changes.` : '';
  return `${title} over ${span}: between ${format(extent.low)} and ${format(extent.high)}, now ${format(extent.last)}.${against}${changes}`;
}
