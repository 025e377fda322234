import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { RequestPage } from '@/components/requests/request-page';
import { getRequest } from '@/core/catalog/requests';
import { getStream } from '@/core/catalog/streams';
import { mayCall } from '@/core/policy/permissions';
import { printStreamYaml } from '@/core/spec/stream-yaml';
import { approveAction, rejectAction, withdrawAction } from './actions';

export const metadata: Metadata = { title: 'Request' };

export default async function OneRequestPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const request = await getRequest(actor, (await params).id);
  if (!request) notFound();
  const stream = await getStream(actor, request.stream.id);
  const admin = mayCall(actor, 'slots.approve', null);
  const own = request.requestedById === actor.id;
  const member = stream !== null && mayCall(actor, 'streams.withdraw', stream.team.id);
  return (
    <Page>
      <RequestPage
        initial={request}
        yaml={printStreamYaml(request.spec)}
        role={admin ? (own ? 'own' : 'decide') : member ? 'requester' : 'reader'}
        actions={{ approve: approveAction, reject: rejectAction, withdraw: withdrawAction }}
      />
    </Page>
  );
}
