'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useEffect, useReducer, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { flowFit } from '@/core/spec/flow-fit';
import { canonicalSourcePart } from '@/core/spec/source-part';
import { DraftStatus } from './draft-status';
import { filterRefusal } from './filter-refusal';
import { KeptNote } from './kept-note';
import { LivePreview } from './live-preview';
import { SourceStep } from './source-step';
import { StepRail } from './step-rail';
import { problemsIn, STEP_WORDS, STEPS, type Step } from './steps';
import { SubmitBar } from './submit-bar';
import { useCheck } from './use-check';
import { useDraft } from './use-draft';
import { usePreview } from './use-preview';
import { useTables } from './use-tables';
import type { WizardProps } from './wizard-context';
import { reduce } from './wizard-state';

/** Each step is loaded when it is reached: together they are most of the page. */
const loading = () => <SkeletonRows rows={6} />;
const TableStep = dynamic(() => import('./table-step').then((step) => step.TableStep), { loading });
const EventsStep = dynamic(() => import('./events-step').then((step) => step.EventsStep), { loading });
const FilterFields = dynamic(() => import('./filter-fields').then((step) => step.FilterFields), { loading });
const ConversionFields = dynamic(() => import('./conversion-fields').then((step) => step.ConversionFields), { loading });
const FlowStep = dynamic(() => import('./flow-step').then((step) => step.FlowStep), { loading });
const SinkStep = dynamic(() => import('./sink-step').then((step) => step.SinkStep), { loading });
const RecoveryStep = dynamic(() => import('./recovery-step').then((step) => step.RecoveryStep), { loading });
const ReviewStep = dynamic(() => import('./review-step').then((step) => step.ReviewStep), { loading });

/** Declares a stream, or revises one: rail on top, form on the left, live preview on the right at all times. */
export function DeclareWizard(props: WizardProps) {
  const { start, sources, targets, teams, revised, actions } = props;
  const router = useRouter();
  const [state, dispatch] = useReducer(reduce, start.state);
  const [visited, setVisited] = useState<ReadonlySet<Step>>(() => new Set(props.draft || revised ? STEPS : []));
  const { draftId, saving, stop } = useDraft(state, { draftId: props.draft?.id ?? null, streamId: revised?.id ?? null });
  const live = usePreview(state.form);
  const { check, current, load } = useCheck(state.form, start.check);
  const source = sources.find((each) => each.name === state.form.source.database) ?? null;
  const tables = useTables(source?.id ?? null);
  const picked =
    tables.tables?.find((table) => table.schema === state.form.source.schema && table.name === state.form.source.table) ?? null;

  // The next step begins at its top, for eyes and keyboard alike.
  const form = useRef<HTMLElement>(null);
  const shown = useRef(state.step);
  useEffect(() => {
    if (shown.current === state.step) return;
    shown.current = state.step;
    form.current?.focus({ preventScroll: true });
    if ((form.current?.getBoundingClientRect().top ?? 0) < 0) form.current?.scrollIntoView({ block: 'start' });
  }, [state.step]);

  const fit = picked ? flowFit(state.form.flow, state.form.source, picked) : null;
  const problems = [...(check.ok ? [] : check.problems), ...(fit?.problems ?? [])];
  const spec = check.ok && current && problems.length === 0 && state.yamlProblems.length === 0 ? check.spec : null;
  const needsApproval =
    !revised || revised.asksAgain || (check.ok && canonicalSourcePart(check.spec.source) !== canonicalSourcePart(revised.spec.source));
  const go = (step: Step) => {
    setVisited((before) => new Set([...before, state.step, ...(step === 'review' ? STEPS : [])]));
    dispatch({ type: 'go', step });
  };
  const stepProps = { state, dispatch, problems: visited.has(state.step) ? problemsIn(state.step, problems) : [] };
  const table = `${state.form.source.schema}.${state.form.source.table}`;

  return (
    <div className="flex flex-col gap-4" onFocusCapture={load} onPointerDownCapture={load}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <DraftStatus saving={saving} />
        {draftId ? (
          <ConfirmDialog
            trigger={<Button size="sm">Discard draft</Button>}
            title="Discard this draft"
            description={
              revised ? `What you changed here is lost. ${revised.name} itself is not touched.` : 'Everything typed here is lost.'
            }
            confirmLabel="Discard draft"
            busyLabel="Discarding…"
            destructive
            action={() => {
              stop();
              return actions.discardDraft({ draftId });
            }}
            onDone={() => router.push(revised ? `/streams/${revised.id}` : '/streams')}
          />
        ) : null}
      </div>
      {props.draft && props.draft.kept.length > 0 ? <KeptNote kept={props.draft.kept} /> : null}
      <StepRail step={state.step} problems={problems} visited={visited} onGo={go} />
      {revised && !revised.asksAgain && needsApproval ? (
        <Callout tone="attention" title="The source part changed, so this revision needs approval">
          <p>The stream runs on with its present revision until a platform admin approves. Nothing is dropped in between.</p>
        </Callout>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <section
          ref={form}
          tabIndex={-1}
          aria-label={`${STEP_WORDS[state.step]} step`}
          className="flex min-w-0 scroll-mt-20 flex-col gap-4 outline-none"
        >
          {state.step === 'source' ? <SourceStep {...stepProps} sources={sources} locked={revised !== null && !revised.asksAgain} /> : null}
          {state.step === 'table' ? <TableStep {...stepProps} tables={tables} picked={picked} /> : null}
          {state.step === 'events' ? <EventsStep {...stepProps} picked={picked} versionNum={tables.versionNum} live={live} /> : null}
          {state.step === 'events' ? <FilterFields {...stepProps} picked={picked} live={live} /> : null}
          {state.step === 'events' ? <FlowStep {...stepProps} picked={picked} warnings={fit?.warnings ?? []} /> : null}
          {state.step === 'events' ? <ConversionFields {...stepProps} targets={targets} live={live} /> : null}
          {state.step === 'sink' ? <SinkStep {...stepProps} targets={targets} picked={picked} /> : null}
          {state.step === 'recovery' ? <RecoveryStep {...stepProps} targets={targets} /> : null}
          {state.step === 'review' ? (
            <ReviewStep {...stepProps} problems={problems} spec={spec} teams={teams} revised={revised} needsApproval={needsApproval} />
          ) : null}
          <SubmitBar
            state={state}
            spec={spec}
            revised={revised}
            needsApproval={needsApproval}
            draftId={draftId}
            actions={actions}
            onGo={go}
            onSent={stop}
          />
        </section>
        <div className="min-w-0 max-lg:sticky max-lg:bottom-0 max-lg:-mx-4 max-lg:max-h-[45dvh] max-lg:overflow-y-auto max-lg:border-t max-lg:bg-canvas max-lg:px-2 max-lg:py-2 lg:sticky lg:top-4">
          <LivePreview
            live={live}
            table={table}
            explained={state.step === 'events' && filterRefusal(state.form.source.rowFilter, live) !== null}
            aside={!['source', 'table', 'events'].includes(state.step)}
          />
        </div>
      </div>
    </div>
  );
}
