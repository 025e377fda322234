import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { StreamsView } from '@/components/streams/streams-view';
import { listDrafts } from '@/core/catalog/drafts';
import { listStreams } from '@/core/catalog/streams';

export const metadata: Metadata = { title: 'Streams' };

export default async function StreamsPage() {
  const actor = await requireActor();
  const [streams, drafts] = await Promise.all([listStreams(actor), listDrafts(actor)]);
  return (
    <Page>
      <StreamsView initialStreams={streams} drafts={drafts} mayDeclare={actor.teams.length > 0} />
    </Page>
  );
}
