import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentActor } from '@/app/_server/session';
import { Glyph } from '@/components/layout/wordmark';
import { DEMO_PASSWORD, SIGN_INS } from '@/local/sign-ins';
import { landingPath } from './landing-path';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  readonly searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const [actor, { callbackUrl, error }] = await Promise.all([currentActor(), searchParams]);
  const landing = landingPath(callbackUrl, process.env.NEXTAUTH_URL);
  if (actor) redirect(landing);
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div className="flex flex-col gap-2">
          <Glyph className="size-8 text-accent" />
          <h1 className="text-2xl font-semibold tracking-tight">Sign in to Spillway</h1>
          <p className="text-ink-muted">Change streams from Postgres, declared by you, approved by a platform admin.</p>
        </div>
        <SignInForm
          landing={landing}
          initialError={typeof error === 'string' ? error : null}
          ssoName={process.env.OIDC_ISSUER ? process.env.OIDC_NAME || 'single sign-on' : null}
          demo={process.env.SPILLWAY_DEMO === '1' ? { password: DEMO_PASSWORD, people: SIGN_INS } : null}
        />
      </div>
    </main>
  );
}
