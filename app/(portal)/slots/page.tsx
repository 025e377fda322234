import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { SlotsView } from '@/components/slots/slots-view';
import { listSlots } from '@/core/catalog/slots';
import { setBudgetAction } from './actions';

export const metadata: Metadata = { title: 'Slots' };

export default async function SlotsPage() {
  const actor = await requireActor();
  return (
    <Page>
      <SlotsView
        initialSources={await listSlots(actor)}
        seesAll={actor.platformRole !== 'none'}
        mayRegister={actor.platformRole === 'platform_admin'}
        setBudget={actor.platformRole === 'platform_admin' ? setBudgetAction : null}
      />
    </Page>
  );
}
