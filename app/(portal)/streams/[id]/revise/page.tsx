import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireActor } from '@/app/_server/session';
import { DeclareWizard } from '@/components/declare/declare-wizard';
import { WhoCan } from '@/components/declare/who-can';
import { startOf } from '@/components/declare/wizard-start';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { listDrafts } from '@/core/catalog/drafts';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { listSources } from '@/core/catalog/sources';
import { getStream } from '@/core/catalog/streams';
import { mayCall } from '@/core/policy/permissions';
import { discardDraftAction, requestAction } from '../../new/actions';
import { reviseAction } from './actions';

export const metadata: Metadata = { title: 'Revise a stream' };

export default async function RevisePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const stream = await getStream(actor, (await params).id);
  if (!stream) notFound();
  // A stream that never ran is requested again; one that runs gets a new revision.
  const asksAgain = stream.state === 'draft' || stream.state === 'rejected';
  const allowed = asksAgain ? mayCall(actor, 'streams.request', stream.team.id) : stream.may.revise;
  const header = (
    <PageHeader
      back={{ href: `/streams/${stream.id}`, label: stream.name }}
      title={asksAgain ? `Request ${stream.name} again` : `Revise ${stream.name}`}
      description={
        asksAgain
          ? 'Change what the decision named, then request approval again.'
          : 'Flow, sink and recovery change at once. A changed source part needs approval again; the stream runs on as it is until then.'
      }
    />
  );
  if (!allowed)
    return (
      <Page>
        {header}
        <WhoCan title={`Builders of ${stream.team.name} revise this stream`}>
          You can read it. To change it, ask a builder or lead of the team; a retired stream is not revised but declared anew.
        </WhoCan>
      </Page>
    );
  const [sources, targets, drafts] = await Promise.all([listSources(actor), listSinkTargets(actor), listDrafts(actor)]);
  const teams = [{ id: stream.team.id, name: stream.team.name }];
  const draft = drafts.find((each) => each.streamId === stream.id) ?? null;
  const revised = { id: stream.id, name: stream.name, teamId: stream.team.id, spec: stream.spec, asksAgain };
  return (
    <Page>
      {header}
      <DeclareWizard
        start={startOf({ teams, draft, revised })}
        teams={teams}
        sources={sources}
        targets={targets}
        draft={draft && { id: draft.id, kept: draft.kept }}
        revised={revised}
        actions={{ request: requestAction, revise: reviseAction, discardDraft: discardDraftAction }}
      />
    </Page>
  );
}
