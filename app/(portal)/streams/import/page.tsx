import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { WhoCan } from '@/components/declare/who-can';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { ImportView } from '@/components/manifests/import-view';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { listSources } from '@/core/catalog/sources';
import { connectionsOf } from '@/core/dto/manifest';
import { mayCall } from '@/core/policy/permissions';

export const metadata: Metadata = { title: 'Import a manifest' };

export default async function ImportPage() {
  const actor = await requireActor();
  const teams = actor.teams.filter((team) => mayCall(actor, 'streams.import-manifest', team.id)).map(({ id, name }) => ({ id, name }));
  const header = (
    <PageHeader
      back={{ href: '/streams', label: 'Streams' }}
      title="Import a manifest"
      description="Each entry of a FabricEventStream becomes a draft with the defaults of FES. All that the manifest says is kept with the stream and exported again."
    />
  );
  if (teams.length === 0)
    return (
      <Page>
        {header}
        <WhoCan title="Builders and team leads import manifests">
          A stream belongs to a team, and you are a member of none. Ask a platform admin to add you to the team that needs the events.
        </WhoCan>
      </Page>
    );
  const [sources, targets] = await Promise.all([listSources(actor), listSinkTargets(actor)]);
  return (
    <Page>
      {header}
      <ImportView teams={teams} connections={connectionsOf(sources, targets)} />
    </Page>
  );
}
