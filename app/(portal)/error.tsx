'use client';

import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { ErrorPanel } from '@/components/ui/error-panel';

interface ErrorPageProps {
  readonly error: Error & { digest?: string };
}

/** A page could not be made, most likely because the catalog is away. Streams run on meanwhile. */
export default function PortalError({ error }: ErrorPageProps) {
  return (
    <Page>
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <ErrorPanel
        title="The portal could not read the catalog, or met an error it did not foresee"
        message="Streams are not affected: the worker goes on delivering without the portal."
        remedy="Try again. If it stays like this, check that the catalog database runs, and look for the id in the portal’s log."
        id={error.digest}
        action={
          <Button variant="primary" onClick={() => window.location.reload()}>
            Try again
          </Button>
        }
      />
    </Page>
  );
}
