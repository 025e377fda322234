'use client';

import { useState } from 'react';
import { askWorker } from '@/components/inspections/ask-worker';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Button } from '@/components/ui/button';
import { formatPlural } from '@/components/ui/figures';
import type { InspectionOutcome } from '@/core/dto/inspection';
import type { KafkaRoutes } from '@/core/dto/kafka-routes';
import { type SpecForm, specOf } from './spec-form';

/** Topics and skew of real rows, when asked for: it reads a thousand rows. */
export function KafkaRoutesPreview({ form }: { form: SpecForm }) {
  const [shown, setShown] = useState<{ readonly of: string; readonly outcome: InspectionOutcome<'kafka-routes'> } | null>(null);
  const [asking, setAsking] = useState(false);
  const spec = JSON.stringify(specOf(form));
  const ask = async () => {
    setAsking(true);
    const outcome = await askWorker('kafka-routes', { spec: JSON.parse(spec) });
    setShown({ of: spec, outcome });
    setAsking(false);
  };
  const outcome = shown?.of === spec ? shown.outcome : null;
  return (
    <section aria-label="Topics and keys of real rows" className="flex flex-col gap-3 rounded-md border bg-sunken p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-muted">Which topics come out, and how evenly keys and partitions share the latest rows.</p>
        <Button size="sm" disabled={asking || form.source.table === ''} onClick={ask}>
          {asking ? 'Reading rows…' : 'Try it on real rows'}
        </Button>
      </div>
      <div role="status">
        {outcome?.ok ? <Routes routes={outcome.answer} /> : null}
        {outcome && !outcome.ok ? <OutcomeError failure={outcome} onAgain={ask} what="where rows go" /> : null}
      </div>
    </section>
  );
}

function Routes({ routes }: { routes: KafkaRoutes }) {
  const { rows, topics, moreTopics, keys, hottestKey, partitions, partitionsAssumed, hottestPartition, refused, problem } = routes;
  if (rows === 0) return <p className="text-sm text-ink-muted">The table has no rows yet.</p>;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <ul className="flex flex-col gap-0.5">
        {topics.map(({ name, rows: count }) => (
          <li key={name} className="flex justify-between gap-3">
            <span className="min-w-0 font-mono break-all">{name}</span>
            <span className="shrink-0 text-ink-muted">{formatPlural(count, 'row')}</span>
          </li>
        ))}
        {moreTopics > 0 ? <li className="text-ink-muted">and {formatPlural(moreTopics, 'more topic')}</li> : null}
      </ul>
      {refused < rows ? (
        <>
          <p>
            {formatPlural(keys, 'key')} in {formatPlural(rows, 'row')}.{' '}
            {hottestKey ? (
              <>
                The most frequent one, <span className="font-mono break-all">{hottestKey.key}</span>, has {percent(hottestKey.share)} of the
                rows.
              </>
            ) : (
              'Without a key, rows go round robin and no order is kept.'
            )}
          </p>
          <p>
            Of {partitions} partitions{partitionsAssumed ? ' (assumed: none are asked for)' : ''} the fullest gets{' '}
            {percent(hottestPartition)} of the rows; evenly spread it would be {percent(1 / partitions)}.
          </p>
        </>
      ) : null}
      {problem ? (
        <p className="text-danger">
          {formatPlural(refused, 'row')} could not be delivered: {problem}
        </p>
      ) : null}
    </div>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
