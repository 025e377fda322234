'use client';

import { CheckSteps, summaryOfSteps } from '@/components/inspections/check-steps';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { SkeletonRows } from '@/components/ui/skeleton';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { ProblemList } from './problem-list';
import type { Step } from './steps';
import { useValidation } from './use-validation';

/** What the live server says about the spec: privileges, replica identity, columns. */
export function ServerChecks({ spec, onGo }: { spec: StreamSpec | null; onGo: (step: Step) => void }) {
  const { outcome, loading, again } = useValidation(spec);
  return (
    <Card
      title="Checks on the server"
      actions={
        <Button size="sm" disabled={!spec} busy={loading ? 'Checking…' : false} onClick={again}>
          Check again
        </Button>
      }
    >
      {spec === null ? <p className="text-ink-muted">Checked as soon as the stream is complete.</p> : null}
      {spec && loading && !outcome ? <SkeletonRows rows={3} /> : null}
      {outcome && !outcome.ok ? <OutcomeError failure={outcome} onAgain={again} what="what the server says about this stream" /> : null}
      {spec && outcome?.ok ? (
        <div className="flex flex-col gap-3">
          {outcome.answer.problems.length > 0 ? (
            <Callout tone="danger" title="The server would refuse this stream">
              <ProblemList problems={outcome.answer.problems} onGo={onGo} />
            </Callout>
          ) : (
            <p className="text-ink-muted">{summaryOfSteps(outcome.answer.checks).words}.</p>
          )}
          <CheckSteps folded label="Checks on the server" steps={outcome.answer.checks} />
        </div>
      ) : null}
    </Card>
  );
}
