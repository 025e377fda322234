import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { DeclareWizard } from '@/components/declare/declare-wizard';
import { WhoCan } from '@/components/declare/who-can';
import { startOf } from '@/components/declare/wizard-start';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { getDraft } from '@/core/catalog/drafts';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { listSources } from '@/core/catalog/sources';
import { mayCall } from '@/core/policy/permissions';
import { reviseAction } from '../[id]/revise/actions';
import { discardDraftAction, requestAction } from './actions';

export const metadata: Metadata = { title: 'Declare a stream' };

export default async function DeclarePage({ searchParams }: { searchParams: Promise<{ draft?: string | string[] }> }) {
  const actor = await requireActor();
  const teams = actor.teams.filter((team) => mayCall(actor, 'streams.request', team.id)).map(({ id, name }) => ({ id, name }));
  const header = (
    <PageHeader
      back={{ href: '/streams', label: 'Streams' }}
      title="Declare a stream"
      description="Say which table, where to, and what happens when delivery fails. Nothing is made on the server before a platform admin approves."
    />
  );
  if (teams.length === 0)
    return (
      <Page>
        {header}
        <WhoCan title="Builders and team leads declare streams">
          A stream belongs to a team, and you are a member of none. Ask a platform admin to add you to the team that needs the events.
        </WhoCan>
      </Page>
    );
  const { draft: draftId } = await searchParams;
  const [sources, targets, kept] = await Promise.all([
    listSources(actor),
    listSinkTargets(actor),
    typeof draftId === 'string' ? getDraft(actor, draftId) : null,
  ]);
  const draft = kept?.streamId ? null : kept;
  return (
    <Page>
      {header}
      <DeclareWizard
        start={startOf({ teams, draft, revised: null })}
        teams={teams}
        sources={sources}
        targets={targets}
        draft={draft && { id: draft.id, kept: draft.kept }}
        revised={null}
        actions={{ request: requestAction, revise: reviseAction, discardDraft: discardDraftAction }}
      />
    </Page>
  );
}
