'use client';

import dynamic from 'next/dynamic';
import { problemFor } from '@/components/forms/problem-text';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { Textarea } from '@/components/ui/textarea';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { ProblemList } from './problem-list';
import { ServerChecks } from './server-checks';
import { suggestedName } from './spec-form';
import { SpecSummary } from './spec-summary';
import type { StepProps } from './step-props';
import type { Step } from './steps';
import type { RevisedStream, WizardProps } from './wizard-context';

/** The editor is 140 kB, the parser 32: they come when the YAML side is opened. */
const YamlEditor = dynamic(() => import('./yaml-editor'), { ssr: false, loading: () => <Skeleton className="h-72" /> });

interface ReviewProps extends StepProps {
  readonly spec: StreamSpec | null;
  readonly teams: WizardProps['teams'];
  readonly revised: RevisedStream | null;
  readonly needsApproval: boolean;
}

export function ReviewStep({ state, dispatch, problems, spec, teams, revised, needsApproval }: ReviewProps) {
  const go = (step: Step) => dispatch({ type: 'go', step });
  return (
    <div className="flex flex-col gap-4">
      <Card title="The stream">
        <div className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Name"
              hint={revised ? 'The slot is named after it, so it stays.' : 'The applicationId: lower-case letters, digits and hyphens.'}
              error={problemFor(problems, 'applicationId')}
            >
              <Input
                className="font-mono"
                value={state.form.applicationId}
                placeholder={suggestedName(state.form.source.table)}
                disabled={revised !== null}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => dispatch({ type: 'name', applicationId: event.target.value.trim() })}
              />
            </Field>
            {teams.length > 1 && !revised ? (
              <Field label="Team" hint="It owns the stream and reviews its dead letters.">
                <Select value={state.teamId} onChange={(event) => dispatch({ type: 'team', teamId: event.target.value })}>
                  {teams.map((team) => (
                    <option key={team.id} value={team.id}>
                      {team.name}
                    </option>
                  ))}
                </Select>
              </Field>
            ) : null}
          </div>
          <Tabs
            label="Form or YAML"
            tabs={[
              { value: 'form', label: 'Form', content: <SpecSummary form={state.form} onGo={go} /> },
              {
                value: 'yaml',
                label: 'YAML',
                content: (
                  <div className="flex flex-col gap-2">
                    <p id="yaml-hint" className="text-sm text-ink-muted">
                      The same stream, seen from another side: editing either changes both.
                    </p>
                    <YamlEditor state={state} dispatch={dispatch} describedBy="yaml-hint" />
                  </div>
                ),
              },
            ]}
          />
          {state.yamlProblems.length > 0 ? (
            <Callout tone="danger" title="The YAML is not a stream yet; the form shows the last version that was">
              <ProblemList problems={state.yamlProblems} />
            </Callout>
          ) : problems.length > 0 ? (
            <Callout tone="attention" title="Open before this can be requested">
              <ProblemList problems={problems} onGo={go} />
            </Callout>
          ) : null}
        </div>
      </Card>
      {needsApproval ? (
        <Card title="Reason for the request" description="The platform admin who decides reads it first.">
          <Field
            label="Reason"
            labelHidden
            error={state.reason.trim().length > 0 && state.reason.trim().length < 10 ? 'Write at least 10 characters.' : null}
          >
            <Textarea
              rows={3}
              value={state.reason}
              placeholder="Who needs these events, and what for"
              onChange={(event) => dispatch({ type: 'reason', reason: event.target.value })}
            />
          </Field>
        </Card>
      ) : (
        <Card title="Note" description="Shown beside the revision. The source part is unchanged, so the revision takes over at once.">
          <Field label="Note" labelHidden>
            <Textarea
              rows={2}
              value={state.reason}
              placeholder="What changes, and why"
              onChange={(event) => dispatch({ type: 'reason', reason: event.target.value })}
            />
          </Field>
        </Card>
      )}
      <ServerChecks spec={spec} onGo={go} />
    </div>
  );
}
