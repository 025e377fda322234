import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { SourceList } from '@/components/sources/source-list';
import { Button } from '@/components/ui/button';
import { listSources } from '@/core/catalog/sources';
import { mayCall } from '@/core/policy/permissions';

export const metadata: Metadata = { title: 'Sources' };

export default async function SourcesPage() {
  const actor = await requireActor();
  const sources = await listSources(actor);
  const mayRegister = mayCall(actor, 'sources.register', null);
  return (
    <Page>
      <PageHeader
        title="Sources"
        description="Postgres databases that streams read from. The worker alone holds their passwords."
        actions={
          mayRegister ? (
            <Button asChild variant="primary">
              <Link href="/sources/new">Register source</Link>
            </Button>
          ) : null
        }
      />
      <SourceList initial={sources} mayRegister={mayRegister} />
    </Page>
  );
}
