'use client';

import { Button } from '@/components/ui/button';
import { ErrorPanel } from '@/components/ui/error-panel';

interface ErrorPageProps {
  readonly error: Error & { digest?: string };
}

/** Outside of the portal's frame: sign-in, or the frame itself. */
export default function RootError({ error }: ErrorPageProps) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-4 p-6">
      <h1 className="text-xl font-semibold">Spillway cannot answer now</h1>
      <ErrorPanel
        title="The portal could not reach the catalog, or met an error it did not foresee"
        message="Streams are not affected: the worker goes on delivering without the portal."
        remedy="Try again. If it stays like this, check that the catalog database runs, and look for the id in the portal’s log."
        id={error.digest}
        action={
          <Button variant="primary" onClick={() => window.location.reload()}>
            Try again
          </Button>
        }
      />
    </main>
  );
}
