import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { TargetList } from '@/components/sink-targets/target-list';
import { Button } from '@/components/ui/button';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { mayCall } from '@/core/policy/permissions';

export const metadata: Metadata = { title: 'Sink targets' };

export default async function SinkTargetsPage() {
  const actor = await requireActor();
  const targets = await listSinkTargets(actor);
  const mayRegister = mayCall(actor, 'sink-targets.register', null);
  return (
    <Page>
      <PageHeader
        title="Sink targets"
        description="Where streams deliver to. The worker alone holds their secrets."
        actions={
          mayRegister ? (
            <Button asChild variant="primary">
              <Link href="/sinks/new">Register sink target</Link>
            </Button>
          ) : null
        }
      />
      <TargetList initial={targets} mayRegister={mayRegister} />
    </Page>
  );
}
