import { redirect } from 'next/navigation';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { readActor } from '@/core/catalog/people';
import type { PersonActor } from '@/core/policy/roles';
import { authOptions } from './auth-options';

/**
 * Who makes this request: the id from the session, everything else from the catalog, read once a request. Null when signed
 * out or disabled.
 */
export const currentActor = cache(async (): Promise<PersonActor | null> => {
  const session = (await getServerSession(authOptions())) as { user?: { id?: unknown } } | null;
  const id = session?.user?.id;
  return typeof id === 'string' ? readActor(id) : null;
});

/** The person of a page; whoever is signed out or disabled goes to the sign-in page. */
export async function requireActor(): Promise<PersonActor> {
  return (await currentActor()) ?? redirect('/sign-in');
}
