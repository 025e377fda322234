import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { AuditView } from '@/components/audit/audit-view';
import { Page } from '@/components/layout/page';
import { listAudit } from '@/core/catalog/audit';

export const metadata: Metadata = { title: 'Audit' };

export default async function AuditPage() {
  const actor = await requireActor();
  return (
    <Page>
      <AuditView firstPage={await listAudit(actor)} />
    </Page>
  );
}
