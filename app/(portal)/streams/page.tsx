import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { StreamsView } from '@/components/streams/streams-view';
import { listDrafts } from '@/core/catalog/drafts';
import { listStreams } from '@/core/catalog/stream-list';
import { streamQueryFrom } from '@/core/lifecycle/stream-filter';

export const metadata: Metadata = { title: 'Streams' };

interface StreamsPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function StreamsPage({ searchParams }: StreamsPageProps) {
  const [actor, params] = await Promise.all([requireActor(), searchParams]);
  const query = streamQueryFrom({ get: (name) => [params[name]].flat()[0] ?? null });
  const [first, drafts] = await Promise.all([listStreams(actor, query), listDrafts(actor)]);
  return (
    <Page>
      <StreamsView first={first} firstQuery={query} drafts={drafts} mayDeclare={actor.teams.length > 0} />
    </Page>
  );
}
