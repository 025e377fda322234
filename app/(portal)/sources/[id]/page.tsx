import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { Reachability } from '@/components/sources/source-list';
import { SourceView } from '@/components/sources/source-view';
import { getSource } from '@/core/catalog/sources';
import { mayCall } from '@/core/policy/permissions';
import { removeSourceAction, updateSourceAction } from '../actions';

export const metadata: Metadata = { title: 'Source' };

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const source = await getSource(actor, (await params).id);
  if (!source) notFound();
  return (
    <Page>
      <PageHeader back={{ href: '/sources', label: 'Sources' }} title={source.name} beside={<Reachability source={source} />} />
      <SourceView
        key={`${source.name} ${source.host}`}
        initial={source}
        mayChange={mayCall(actor, 'sources.update', null)}
        actions={{ update: updateSourceAction, remove: removeSourceAction }}
      />
    </Page>
  );
}
