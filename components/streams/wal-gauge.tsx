'use client';

import { TrendingUp, TriangleAlert } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatShare } from '@/components/ui/figures';
import { TONE_FILL, TONE_TEXT } from '@/components/ui/tone';
import type { StreamDetailDto, StreamSeriesDto } from '@/core/dto/stream';
import { budgetTone } from '@/core/lifecycle/stream-standing';
import { useSeries } from './use-streams';
import { growthPerSecond, walTrend } from './wal-trend';

/** Time enough to act on it today. */
const SOON_SECONDS = 8 * 3600;

interface WalGaugeProps {
  readonly stream: StreamDetailDto;
  readonly initialSeries: StreamSeriesDto;
}

/** Retained WAL against the budget and the server's cap on one bar, with where it is heading. */
export function WalGauge({ stream, initialSeries }: WalGaugeProps) {
  const series = useSeries(stream.id, '15m', initialSeries).data ?? initialSeries;
  const retained = stream.figures?.retainedBytes ?? null;
  const budget = stream.walBudgetBytes;
  const cap = stream.serverCapBytes;
  if (retained === null) {
    return (
      <Card title="Retained WAL">
        <p className="text-ink-muted">
          {stream.state === 'retired'
            ? 'The slot is gone; it retains nothing.'
            : 'Not measured yet: there is no slot, or the worker has not looked.'}
        </p>
      </Card>
    );
  }
  const trend = walTrend({
    retainedBytes: retained,
    budgetBytes: budget,
    capBytes: cap,
    growth: growthPerSecond(series.at, series.retainedBytes),
  });
  const tone = budget === null ? 'neutral' : budgetTone(retained / budget);
  const scale = Math.max(
    retained * 1.1,
    (budget ?? 0) * 1.15,
    cap !== null && cap <= Math.max(budget ?? 0, retained) * 4 ? cap * 1.05 : 0,
    1,
  );
  const soon = trend.secondsLeft !== null && trend.secondsLeft < SOON_SECONDS;
  return (
    <Card title="Retained WAL" description="What the slot keeps on the source’s disk.">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className={cn('text-2xl font-semibold tracking-tight', tone !== 'neutral' && TONE_TEXT[tone])}>{formatBytes(retained)}</span>
        <span className={cn('flex items-center gap-1 text-sm', soon ? 'font-medium text-attention' : 'text-ink-muted')} data-trend>
          {soon ? <TriangleAlert className="size-3.5" aria-hidden /> : <TrendingUp className="size-3.5" aria-hidden />}
          {trend.sentence}
        </span>
      </div>
      <div className="relative mt-3 h-2.5 rounded-full bg-line" aria-hidden>
        <span
          className={cn('absolute inset-y-0 left-0 rounded-full', tone === 'neutral' ? 'bg-accent' : TONE_FILL[tone])}
          style={{ width: `${Math.max(0.5, (retained / scale) * 100)}%` }}
        />
        {budget === null ? null : <Level share={budget / scale} className="bg-ink" />}
        {cap !== null && cap <= scale ? <Level share={cap / scale} className="bg-danger" /> : null}
      </div>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
        <dt className="flex items-center gap-1.5 text-ink-muted">
          <span className="h-3 w-0.5 bg-ink" aria-hidden />
          Budget
        </dt>
        <dd>
          {budget === null ? 'none yet: set when the slot is approved' : `${formatBytes(budget)}, ${formatShare(retained / budget)} used`}
        </dd>
        <dt className="flex items-center gap-1.5 text-ink-muted" title="max_slot_wal_keep_size">
          <span className="h-3 w-0.5 bg-danger" aria-hidden />
          Server’s cap
        </dt>
        <dd>{cap === null ? 'no limit known: the disk is the limit' : `${formatBytes(cap)}${cap > scale ? ', beyond this bar' : ''}`}</dd>
        {stream.walBytesPerSec === null ? null : (
          <>
            <dt className="text-ink-muted">Source writes</dt>
            <dd>{formatBytes(stream.walBytesPerSec)}/s of WAL</dd>
          </>
        )}
      </dl>
    </Card>
  );
}

function Level({ share, className }: { share: number; className: string }) {
  return <span className={cn('absolute -inset-y-1 w-0.5 -translate-x-1/2', className)} style={{ left: `${share * 100}%` }} />;
}
