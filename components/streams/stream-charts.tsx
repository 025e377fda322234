'use client';

import { useState } from 'react';
import type { Mark } from '@/components/charts/marks';
import { TimeChart } from '@/components/charts/time-chart';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatMs, formatPerSecond } from '@/components/ui/figures';
import { SERIES_RANGES, type SeriesRange, type StreamSeriesDto } from '@/core/dto/stream';
import { STATE_FACES } from '@/core/lifecycle/stream-state';
import { useSeries } from './use-streams';

const RANGES: Readonly<Record<SeriesRange, { label: string; span: string; seconds: number; step: number }>> = {
  '15m': { label: '15 min', span: 'the last 15 minutes', seconds: 900, step: 5 },
  '6h': { label: '6 h', span: 'the last 6 hours', seconds: 6 * 3600, step: 60 },
  '7d': { label: '7 d', span: 'the last 7 days', seconds: 7 * 86_400, step: 900 },
};

interface StreamChartsProps {
  readonly streamId: string;
  readonly walBudgetBytes: number | null;
  readonly initialSeries: StreamSeriesDto;
}

/** Lag, rate and retained WAL over one range, with the changes of state as marks. */
export function StreamCharts({ streamId, walBudgetBytes, initialSeries }: StreamChartsProps) {
  const [range, setRange] = useState<SeriesRange>('15m');
  const live = useSeries(streamId, range, initialSeries);
  const { span, seconds, step } = RANGES[range];
  const series = live.data ?? EMPTY;
  const to = Math.round((live.updatedAt || Date.now()) / 1000);
  const marks: Mark[] = series.marks.map((mark) => ({
    at: mark.at,
    word: STATE_FACES[mark.toState].word,
    tone: STATE_FACES[mark.toState].tone,
    reason: mark.reason,
  }));
  const shared = { at: series.at, from: to - seconds, to, step, span, marks };
  return (
    <Card title="Figures over time" actions={<RangePicker range={range} onChange={setRange} />}>
      {live.data && series.at.length === 0 ? (
        <p className="py-6 text-center text-ink-muted">Nothing was sampled in {span}. Points appear once a pipeline runs.</p>
      ) : (
        <div
          className={cn('grid gap-x-6 gap-y-5 xl:grid-cols-3', live.data === undefined && 'opacity-50')}
          aria-busy={live.data === undefined}
        >
          <TimeChart {...shared} title="Lag" values={series.lagMs} unit="ms" format={formatMs} />
          <TimeChart {...shared} title="Delivered, events/s" values={series.deliveredPerSec} unit="rate" format={formatPerSecond} />
          <TimeChart
            {...shared}
            title="Retained WAL"
            values={series.retainedBytes}
            unit="bytes"
            format={formatBytes}
            limit={walBudgetBytes === null ? null : { value: walBudgetBytes, label: `the budget of ${formatBytes(walBudgetBytes)}` }}
          />
        </div>
      )}
    </Card>
  );
}

const EMPTY: Omit<StreamSeriesDto, 'range'> = {
  at: [],
  lagMs: [],
  lagBytes: [],
  retainedBytes: [],
  deliveredPerSec: [],
  openLetters: [],
  marks: [],
};

function RangePicker({ range, onChange }: { range: SeriesRange; onChange: (range: SeriesRange) => void }) {
  return (
    <fieldset className="flex rounded-md border border-line-strong p-0.5">
      <legend className="sr-only">Range</legend>
      {SERIES_RANGES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === range}
          onClick={() => onChange(each)}
          className={cn(
            'h-6 rounded-sm px-2 text-sm whitespace-nowrap text-ink-muted hover:text-ink',
            each === range && 'bg-sunken font-medium text-ink',
          )}
        >
          {RANGES[each].label}
        </button>
      ))}
    </fieldset>
  );
}
