import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { RequestList } from '@/components/requests/request-list';
import { listRequests } from '@/core/catalog/requests';
import { mayCall } from '@/core/policy/permissions';

export const metadata: Metadata = { title: 'Requests' };

export default async function RequestsPage() {
  const actor = await requireActor();
  const [pending, decided] = await Promise.all([listRequests(actor, { status: 'pending' }), listRequests(actor, { status: 'decided' })]);
  return (
    <Page>
      <PageHeader
        title="Requests"
        description="Every stream needs a replication slot on its source. A platform admin looks at what it costs, then decides."
      />
      <RequestList pending={pending} decided={decided} mayDecide={mayCall(actor, 'slots.approve', null)} />
    </Page>
  );
}
