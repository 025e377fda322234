import type { ReactNode } from 'react';
import { conversionWords } from './conversion-part-form';
import { filterWords } from './filter-part-form';
import { recoveryWords } from './recovery-part-form';
import { rowWords } from './row-words';
import { shapeWords } from './shape-words';
import { placeInTarget } from './sink-part-form';
import { SNAPSHOT_WORDS } from './snapshot-fields';
import { nameOf, type SpecForm, topicOf } from './spec-form';
import { STEP_WORDS, type Step } from './steps';

/** The whole stream in a few lines, each with the way back to its step. */
export function SpecSummary({ form, onGo }: { form: SpecForm; onGo: (step: Step) => void }) {
  const { source, sink, recovery } = form;
  const rows: readonly [Step, ReactNode][] = [
    ['source', source.database || 'not chosen'],
    ['table', source.table ? <span className="font-mono text-sm">{`${source.schema}.${source.table}`}</span> : 'not chosen'],
    [
      'events',
      `${source.operations.join(', ') || 'no operation'}; ${source.columns ? `${source.columns.length} columns` : 'every column'}; ${[
        rowWords(source),
        filterWords(form.filter, form.transform),
        SNAPSHOT_WORDS[source.snapshot],
        shapeWords(form.flow),
        conversionWords(form.conversions),
      ]
        .filter(Boolean)
        .join('; ')}`,
    ],
    ['sink', sink.type ? `${sink.type} ${sink.target || '(target not chosen)'}${placeInTarget(sink, topicOf(form))}` : 'not chosen'],
    ['recovery', recoveryWords(recovery)],
  ];
  return (
    <dl aria-label={`Stream ${nameOf(form)}`} className="divide-y">
      {rows.map(([step, words]) => (
        <div key={step} className="flex items-baseline gap-3 py-2 first:pt-0 last:pb-0">
          <dt className="w-20 shrink-0 text-ink-muted">{STEP_WORDS[step]}</dt>
          <dd className="min-w-0 flex-1 break-words">{words}</dd>
          <dd>
            <button type="button" className="text-sm text-accent underline" onClick={() => onGo(step)}>
              Change<span className="sr-only"> {STEP_WORDS[step].toLowerCase()}</span>
            </button>
          </dd>
        </div>
      ))}
    </dl>
  );
}
