import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { SlotsView } from '@/components/slots/slots-view';
import { listSlots } from '@/core/catalog/slots';
import { slotQueryFrom } from '@/core/lifecycle/slot-query';
import { setBudgetAction } from './actions';

export const metadata: Metadata = { title: 'Slots' };

interface SlotsPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SlotsPage({ searchParams }: SlotsPageProps) {
  const [actor, params] = await Promise.all([requireActor(), searchParams]);
  const query = slotQueryFrom({ get: (name) => [params[name]].flat()[0] ?? null });
  return (
    <Page>
      <SlotsView
        first={await listSlots(actor, query)}
        firstQuery={query}
        seesAll={actor.platformRole !== 'none'}
        mayRegister={actor.platformRole === 'platform_admin'}
        setBudget={actor.platformRole === 'platform_admin' ? setBudgetAction : null}
      />
    </Page>
  );
}
