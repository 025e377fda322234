import { Database } from 'lucide-react';
import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes, formatPlural } from '@/components/ui/figures';
import { RadioGroup } from '@/components/ui/radio-group';
import type { SourceDto } from '@/core/dto/connection';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';

/** Slots that streams may still get on a source: the tighter of Spillway's limit and the server's own; null when not yet observed. */
export function slotsLeft(source: SourceDto): { readonly left: number; readonly of: number } | null {
  const { observation, slotLimit, streamCount } = source;
  if (observation?.maxSlots == null || observation.usedSlots == null) return null;
  const server = observation.maxSlots - observation.usedSlots;
  const ours = slotLimit - streamCount;
  return ours <= server ? { left: Math.max(0, ours), of: slotLimit } : { left: Math.max(0, server), of: observation.maxSlots };
}

export function SourceStep({ state, dispatch, problems, sources, locked }: StepProps & { sources: readonly SourceDto[]; locked: boolean }) {
  return (
    <Card title="Source database" description="The server that the rows are read from. Platform admins register them.">
      {sources.length === 0 ? (
        <EmptyState icon={Database} title="No source database is registered">
          A platform admin registers one on the Sources page. Your draft is kept until then.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-3">
          <RadioGroup
            label="Source database"
            labelHidden
            columns={2}
            value={state.form.source.database || undefined}
            onChange={(database) => dispatch({ type: 'database', database })}
            options={sources.map((source) => ({
              value: source.name,
              label: source.name,
              hint: <SourceFacts source={source} />,
              disabled: locked && source.name !== state.form.source.database,
            }))}
          />
          {locked ? (
            <p className="text-sm text-ink-muted">A stream stays on its source. Declare another stream for another server.</p>
          ) : null}
          <ProblemLine>{problemFor(problems, 'source.database')}</ProblemLine>
        </div>
      )}
    </Card>
  );
}

function SourceFacts({ source }: { source: SourceDto }) {
  const { observation } = source;
  const slots = slotsLeft(source);
  return (
    <span className="flex flex-col gap-0.5">
      <span className="font-mono text-xs break-all">
        {source.host}:{source.port}/{source.database}
      </span>
      {observation === null ? (
        <span>Not observed yet: the worker has not looked at it.</span>
      ) : observation.reachable ? (
        <>
          <span>
            PostgreSQL {observation.serverVersion ?? 'of unknown version'}
            {observation.walBytesPerSec === null ? '' : `, ${formatBytes(observation.walBytesPerSec)}/s of WAL`}
          </span>
          <span className={slots?.left === 0 ? 'text-danger' : undefined}>
            {slots === null ? 'Slots not known' : `${formatPlural(slots.left, 'slot')} left of ${slots.of}`}
          </span>
        </>
      ) : (
        <span className="text-danger">Not reachable: {observation.error ?? 'no answer'}</span>
      )}
    </span>
  );
}
