import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { WhoCan } from '@/components/declare/who-can';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { SourceEditor } from '@/components/sources/source-editor';
import { mayCall } from '@/core/policy/permissions';
import { registerSourceAction } from '../actions';

export const metadata: Metadata = { title: 'Register a source' };

export default async function NewSourcePage() {
  const actor = await requireActor();
  return (
    <Page>
      <PageHeader
        back={{ href: '/sources', label: 'Sources' }}
        title="Register a source"
        description="A Postgres database that streams may read from."
      />
      {mayCall(actor, 'sources.register', null) ? (
        <SourceEditor stored={null} save={registerSourceAction} />
      ) : (
        <WhoCan title="Platform admins register sources">Tell one of them which database you need, and who owns it.</WhoCan>
      )}
    </Page>
  );
}
