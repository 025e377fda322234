'use client';

import { Page } from '@/components/layout/page';
import { type ErrorPageProps, UnforeseenError } from '@/components/layout/unforeseen-error';

/** A page could not be made, most likely because the catalog is away. Streams run on meanwhile. */
export default function PortalError({ error }: ErrorPageProps) {
  return (
    <Page>
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <UnforeseenError title="The portal could not read the catalog, or met an error it did not foresee" error={error} />
    </Page>
  );
}
