'use client';

import { type ErrorPageProps, UnforeseenError } from '@/components/layout/unforeseen-error';

/** Outside of the portal's frame: sign-in, or the frame itself. */
export default function RootError({ error }: ErrorPageProps) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-4 p-6">
      <h1 className="text-xl font-semibold">Spillway cannot answer now</h1>
      <UnforeseenError title="The portal could not reach the catalog, or met an error it did not foresee" error={error} />
    </main>
  );
}
