'use client';

import { Button } from '@/components/ui/button';
import { ErrorPanel } from '@/components/ui/error-panel';

/** What an error boundary of Next.js gets. */
export interface ErrorPageProps {
  readonly error: Error & { digest?: string };
}

/** Says that a page could not be made, that streams run on meanwhile, and what to do. */
export function UnforeseenError({ title, error }: ErrorPageProps & { readonly title: string }) {
  return (
    <ErrorPanel
      title={title}
      message="Streams are not affected: the worker goes on delivering without the portal."
      remedy="Try again. If it stays like this, check that the catalog database runs, and look for the id in the portal’s log."
      id={error.digest}
      action={
        <Button variant="primary" onClick={() => window.location.reload()}>
          Try again
        </Button>
      }
    />
  );
}
