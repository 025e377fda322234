import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { WhoCan } from '@/components/declare/who-can';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { TargetEditor } from '@/components/sink-targets/target-editor';
import { mayCall } from '@/core/policy/permissions';
import { registerSinkTargetAction } from '../actions';

export const metadata: Metadata = { title: 'Register a sink target' };

export default async function NewSinkTargetPage() {
  const actor = await requireActor();
  return (
    <Page>
      <PageHeader
        back={{ href: '/sinks', label: 'Sink targets' }}
        title="Register a sink target"
        description="A place that streams may deliver to. Its secret is sealed to the worker’s key."
      />
      {mayCall(actor, 'sink-targets.register', null) ? (
        <TargetEditor stored={null} save={registerSinkTargetAction} />
      ) : (
        <WhoCan title="Platform admins register sink targets">
          Tell one of them where your events should go, and who runs the receiver.
        </WhoCan>
      )}
    </Page>
  );
}
