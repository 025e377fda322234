import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { TargetView } from '@/components/sink-targets/target-view';
import { getSinkTarget } from '@/core/catalog/sink-targets';
import { mayCall } from '@/core/policy/permissions';
import { removeSinkTargetAction, updateSinkTargetAction } from '../actions';

export const metadata: Metadata = { title: 'Sink target' };

export default async function SinkTargetPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const target = await getSinkTarget(actor, (await params).id);
  if (!target) notFound();
  return (
    <Page>
      <PageHeader back={{ href: '/sinks', label: 'Sink targets' }} title={target.name} />
      <TargetView
        target={target}
        mayChange={mayCall(actor, 'sink-targets.update', null)}
        actions={{ update: updateSinkTargetAction, remove: removeSinkTargetAction }}
      />
    </Page>
  );
}
