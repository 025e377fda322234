'use client';

import { useRouter } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { ErrorPanel } from '@/components/ui/error-panel';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { ProblemList } from './problem-list';
import { nextStep, previousStep, STEP_WORDS, type Step } from './steps';
import type { RevisedStream, WizardProps } from './wizard-context';
import type { WizardState } from './wizard-state';

interface SubmitBarProps {
  readonly state: WizardState;
  readonly spec: StreamSpec | null;
  readonly revised: RevisedStream | null;
  readonly needsApproval: boolean;
  readonly draftId: string | null;
  readonly actions: WizardProps['actions'];
  readonly onGo: (step: Step) => void;
  /** Called once the draft has become a request or a revision. */
  readonly onSent: () => void;
}

export function SubmitBar(props: SubmitBarProps) {
  const { state, spec, revised, needsApproval, onGo } = props;
  const router = useRouter();
  const send = useAction(async () => sendWizard(props));
  const reasoned = !needsApproval || state.reason.trim().length >= 10;
  const words = needsApproval ? 'Request approval' : `Apply to ${revised?.name ?? 'the stream'}`;
  const submit = async () => {
    const result = await send.run();
    if (!result.ok) return;
    props.onSent();
    toast.success(result.value.said);
    router.push(`/streams/${result.value.streamId}`);
  };
  return (
    <div className="flex flex-col gap-3">
      {send.error ? (
        <ErrorPanel
          title={send.error.message}
          message={
            send.error.problems && send.error.problems.length > 0 ? <ProblemList problems={send.error.problems} onGo={onGo} /> : null
          }
          remedy={send.error.remedy}
          id={send.error.id}
        />
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Button disabled={state.step === 'source'} onClick={() => onGo(previousStep(state.step))}>
          Back
        </Button>
        {state.step === 'review' ? (
          <div className="flex flex-wrap items-center justify-end gap-3">
            {spec && !reasoned ? <span className="text-sm text-ink-muted">Give a reason of at least 10 characters.</span> : null}
            <Button variant="primary" disabled={!spec || !reasoned} busy={send.busy ? 'Sending…' : false} onClick={submit}>
              {words}
            </Button>
          </div>
        ) : (
          <Button variant="primary" onClick={() => onGo(nextStep(state.step))}>
            Continue to {STEP_WORDS[nextStep(state.step)].toLowerCase()}
          </Button>
        )}
      </div>
    </div>
  );
}

async function sendWizard({ state, spec, revised, draftId, needsApproval, actions }: SubmitBarProps) {
  const reason = state.reason.trim();
  if (revised && !revised.asksAgain) {
    const result = await actions.revise({ streamId: revised.id, spec, note: reason || null, reason: needsApproval ? reason : null });
    if (!result.ok) return result;
    if (draftId) await actions.discardDraft({ draftId });
    const said = result.value.needsApproval
      ? `Revision ${result.value.revisionNumber} waits for approval. The stream runs on as it is until then.`
      : `Revision ${result.value.revisionNumber} is current. The pipeline takes it over now.`;
    return { ok: true as const, value: { streamId: revised.id, said } };
  }
  const result = await actions.request({
    ...(draftId ? { draftId } : {}),
    ...(revised ? { streamId: revised.id } : {}),
    teamId: state.teamId,
    spec,
    reason,
  });
  if (!result.ok) return result;
  return {
    ok: true as const,
    value: { streamId: result.value.streamId, said: 'Requested. A platform admin decides; this page shows it happen.' },
  };
}
