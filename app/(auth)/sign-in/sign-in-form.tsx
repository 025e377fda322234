'use client';

import { signIn } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

interface SignInFormProps {
  /** Path of this portal. */
  readonly landing: string;
  /** Code that next-auth put into the address. */
  readonly initialError: string | null;
  readonly ssoName: string | null;
  readonly demo: {
    readonly password: string;
    readonly people: readonly { readonly email: string; readonly name: string; readonly role: string; readonly team: string | undefined }[];
  } | null;
}

export function SignInForm({ landing, initialError, ssoName, demo }: SignInFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(initialError);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const result = await signIn('credentials', { email, password, redirect: false, callbackUrl: landing });
      if (result?.ok && !result.error) {
        // A full load: the pages behind it are made for the person now signed in.
        window.location.assign(landing);
        return;
      }
      setError(result?.error ?? 'unanswered');
    } catch {
      setError('unanswered');
    }
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-4">
      {error ? <ErrorPanel {...wordsOf(error)} /> : null}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Email">
          <Input
            name="email"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field label="Password">
          <Input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" busy={busy ? 'Signing in…' : false}>
          Sign in
        </Button>
      </form>
      {ssoName ? <Button onClick={() => void signIn('oidc', { callbackUrl: landing })}>Sign in with {ssoName}</Button> : null}
      {demo ? (
        <section aria-label="Demo accounts" className="flex flex-col gap-2 border-t pt-4">
          <p className="text-sm text-ink-muted">
            This is a demo. Choose who to be, then sign in; the password is <span className="font-mono text-ink">{demo.password}</span>.
          </p>
          <ul className="divide-y rounded-md border bg-surface">
            {demo.people.map((person) => (
              <li key={person.email}>
                <button
                  type="button"
                  onClick={() => {
                    setEmail(person.email);
                    setPassword(demo.password);
                    setError(null);
                  }}
                  className="flex w-full items-baseline justify-between gap-3 px-3 py-2 text-left hover:bg-sunken focus-visible:-outline-offset-2"
                >
                  <span className="min-w-0">
                    <span className="block font-medium">{person.name}</span>
                    <span className="block truncate text-sm text-ink-muted">{person.email}</span>
                  </span>
                  <span className="shrink-0 text-sm text-ink-muted">
                    {person.role}
                    {person.team ? ` of ${person.team}` : ''}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

/** What happened and what to do, by the code that next-auth or our provider gives. */
function wordsOf(code: string): { title: string; message?: string; remedy: string } {
  switch (code) {
    case 'CredentialsSignin':
      return {
        title: 'Email and password do not match',
        remedy: 'Check both. Accounts are made by platform admins, and a disabled account answers the same.',
      };
    case 'rate_limited':
      return {
        title: 'Too many attempts',
        message: 'Signing in was tried too often for this account or from this address.',
        remedy: 'Wait 15 minutes, then try again.',
      };
    case 'unanswered':
      return { title: 'The portal did not answer', remedy: 'Check your connection and try again.' };
    case 'AccessDenied':
      return { title: 'This account may not sign in', remedy: 'Ask a platform admin to admit your verified email address.' };
    default:
      return { title: 'Signing in failed', message: `The provider answered ${code}.`, remedy: 'Try again, or sign in with a password.' };
  }
}
