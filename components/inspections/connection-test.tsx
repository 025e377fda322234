'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { SkeletonRows } from '@/components/ui/skeleton';
import type { CheckStep, InspectionOutcome } from '@/core/dto/inspection';
import { CheckSteps, summaryOfSteps } from './check-steps';
import { OutcomeError } from './outcome-error';

type TestOutcome = InspectionOutcome<'test-source'> | InspectionOutcome<'test-sink'>;

interface ConnectionTestProps {
  readonly description: string;
  /** null = what is typed cannot be tested yet; `why` says what is missing. */
  readonly ask: (() => Promise<TestOutcome>) | null;
  readonly why?: string;
  /** Told of each finished test. */
  readonly onTested?: (steps: readonly CheckStep[]) => void;
}

/** "Test connection": the worker goes through its steps, each failing one with what mends it. */
export function ConnectionTest({ description, ask, why, onTested }: ConnectionTestProps) {
  const [outcome, setOutcome] = useState<TestOutcome | null>(null);
  const [busy, setBusy] = useState(false);
  const test = async () => {
    if (!ask) return;
    setBusy(true);
    const answer = await ask();
    setBusy(false);
    setOutcome(answer);
    if (answer.ok) onTested?.(answer.answer.steps);
  };
  const summary = outcome?.ok ? summaryOfSteps(outcome.answer.steps) : null;
  return (
    <Card
      title="Test connection"
      description={description}
      actions={
        <Button disabled={!ask} busy={busy ? 'Testing…' : false} onClick={test}>
          {outcome ? 'Test again' : 'Test connection'}
        </Button>
      }
    >
      <div className="flex flex-col gap-3" aria-live="polite">
        {!ask && why ? <p className="text-ink-muted">{why}</p> : null}
        {busy && !outcome ? <SkeletonRows rows={4} /> : null}
        {outcome && !outcome.ok ? <OutcomeError failure={outcome} onAgain={test} what="the connection" /> : null}
        {summary ? <Callout tone={summary.tone} title={summary.words} /> : null}
        {outcome?.ok ? <CheckSteps label="Steps of the test" steps={outcome.answer.steps} /> : null}
        {!outcome && !busy && ask ? <p className="text-ink-muted">Nothing was tested yet.</p> : null}
      </div>
    </Card>
  );
}
