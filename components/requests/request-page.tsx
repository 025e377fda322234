'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { CodeBlock } from '@/components/ui/code-block';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { SkeletonRows } from '@/components/ui/skeleton';
import { StaleNotice } from '@/components/ui/stale-notice';
import { toast } from '@/components/ui/toast';
import { useLive } from '@/components/ui/use-live';
import type { ActionResult } from '@/core/dto/action-result';
import type { SlotRequestDto } from '@/core/dto/slot';
import { type DecisionActions, DecisionForm } from './decision-form';
import { DossierFacts } from './dossier-facts';
import { REQUEST_FACES, RequestBadge } from './request-badge';
import { useFreshDossier } from './use-fresh-dossier';

interface RequestPageProps {
  readonly initial: SlotRequestDto;
  readonly yaml: string;
  /** `decide`: an admin who is not the requester. `own`: an admin who is. */
  readonly role: 'decide' | 'own' | 'requester' | 'reader';
  readonly actions: DecisionActions & { readonly withdraw: (input: unknown) => Promise<ActionResult<unknown>> };
}

export function RequestPage({ initial, yaml, role, actions }: RequestPageProps) {
  const router = useRouter();
  const live = useLive({ url: `/api/requests/${initial.id}`, initialData: initial });
  const request = live.data;
  const { source } = request.spec;
  const pending = request.status === 'pending';
  const fresh = useFreshDossier(request.spec, pending);
  // What was decided was decided on the dossier of the request.
  const dossier = pending ? (fresh.dossier ?? request.dossier) : request.dossier;
  return (
    <>
      <PageHeader
        back={{ href: '/requests', label: 'Requests' }}
        title={`Slot for ${request.stream.name}`}
        beside={<RequestBadge status={request.status} />}
        description={`${request.stream.teamName} wants to read ${source.schema}.${source.table.name} of ${source.database}.`}
      />
      <StaleNotice live={live} />
      {pending ? null : <Decision request={request} />}
      {dossier ? (
        <p className="max-w-3xl text-lg">{dossier.verdict}</p>
      ) : pending && fresh.loading ? (
        <p role="status" className="max-w-3xl text-lg text-ink-muted">
          Looking at the server: sampling its WAL rate takes a few seconds…
        </p>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          {pending ? (
            <div className="flex flex-wrap items-center justify-between gap-2">
              <p role="status" className="text-sm text-ink-muted">
                {fresh.loading ? 'Computing on the live server…' : null}
                {!fresh.loading && dossier ? (
                  <>
                    {fresh.dossier ? 'Computed ' : 'As computed for the request '}
                    <RelativeTime at={dossier.computedAt} />
                    {fresh.dossier && request.dossier ? (
                      <>
                        , beside the one of the request (<RelativeTime at={request.dossier.computedAt} />)
                      </>
                    ) : null}
                  </>
                ) : null}
              </p>
              <Button size="sm" disabled={fresh.loading} onClick={fresh.again}>
                Compute again
              </Button>
            </div>
          ) : dossier ? (
            <p className="text-sm text-ink-muted">
              As computed for the request <RelativeTime at={dossier.computedAt} />
            </p>
          ) : null}
          {fresh.failure ? <OutcomeError failure={fresh.failure} onAgain={fresh.again} what="a dossier of this moment" /> : null}
          {dossier ? (
            <DossierFacts dossier={dossier} before={pending && fresh.dossier ? request.dossier : null} />
          ) : fresh.loading ? (
            <Card title="Dossier" flush>
              <SkeletonRows rows={6} />
            </Card>
          ) : (
            <Callout tone="attention" title="There is no dossier">
              <p>
                The worker did not answer when this was requested, so what the slot costs is not known. Start the worker and compute it
                before you decide.
              </p>
            </Callout>
          )}
          <Card
            title="Spec"
            description={`Revision ${request.revisionNumber}. The approval is for its source part; changing that voids it.`}
          >
            <CodeBlock code={yaml} what="YAML" />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Reason">
            <p className="break-words whitespace-pre-wrap">{request.reason}</p>
            <p className="mt-2 text-sm text-ink-muted">
              {request.requestedBy}, <RelativeTime at={request.requestedAt} />
            </p>
          </Card>
          {pending && role === 'decide' ? (
            <DecisionForm requestId={request.id} dossier={dossier} actions={actions} onSettled={live.refetch} />
          ) : null}
          {pending && role === 'own' ? (
            <Callout tone="attention" title="Another platform admin has to decide">
              <p>This is your own request. Nobody approves their own, so that two people have looked at what it costs the server.</p>
            </Callout>
          ) : null}
          {pending && (role === 'own' || role === 'requester') ? (
            <ConfirmDialog
              trigger={<Button>Withdraw request</Button>}
              title={`Withdraw the request for ${request.stream.name}`}
              description="Nobody decides it then. The stream stays as a draft state and can be requested again."
              confirmLabel="Withdraw request"
              busyLabel="Withdrawing…"
              action={() => actions.withdraw({ streamId: request.stream.id })}
              onDone={() => {
                toast.success('Withdrawn.');
                live.refetch();
                router.refresh();
              }}
            />
          ) : null}
          {pending && role !== 'decide' ? (
            <p className="text-sm text-ink-muted">A platform admin decides; this page shows it as soon as it happens.</p>
          ) : null}
        </div>
      </div>
    </>
  );
}

/** What was decided, by whom, and what now happens. */
function Decision({ request }: { request: SlotRequestDto }) {
  const { status, decidedBy, decidedAt, decisionReason, walBudgetBytes, stream } = request;
  const { tone, icon, word } = REQUEST_FACES[status];
  return (
    <div role="status">
      <Callout
        tone={tone}
        icon={icon}
        title={
          <>
            {word}
            {decidedBy ? ` by ${decidedBy}` : ''} {decidedAt ? <RelativeTime at={decidedAt} /> : null}
            {walBudgetBytes ? `, with a WAL budget of ${formatBytes(walBudgetBytes)}` : ''}
          </>
        }
        action={
          <Button asChild size="sm">
            <Link href={`/streams/${stream.id}`}>Open {stream.name}</Link>
          </Button>
        }
      >
        {decisionReason ? <p className="break-words">{decisionReason}</p> : null}
        <p className="text-ink-muted">{AFTERWARDS[status]}</p>
      </Callout>
    </div>
  );
}

const AFTERWARDS: Readonly<Record<SlotRequestDto['status'], string>> = {
  pending: '',
  approved: 'The worker creates publication and slot; the stream page shows it go live.',
  rejected: 'Nothing was made on the server. The builder can change the stream and request again.',
  voided: 'The source part changed after the request, so it cannot be approved any more.',
  withdrawn: 'Nothing was made on the server.',
};
