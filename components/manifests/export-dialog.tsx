'use client';

import { FileOutput } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';

interface ExportProps {
  readonly streamId: string;
  readonly name: string;
}

const ExportForms = lazy(() => import('./export-forms'));

/** The current revision as a file: FES' form, or Spillway's own. */
export function ExportDialog({ streamId, name }: ExportProps) {
  return (
    <Dialog
      wide
      trigger={
        <Button size="sm">
          <FileOutput aria-hidden />
          Export
        </Button>
      }
      title={`Export ${name}`}
      description="No password is in either: connections stay registered here."
    >
      <Suspense fallback={<Skeleton className="h-60" />}>
        <ExportForms streamId={streamId} />
      </Suspense>
    </Dialog>
  );
}
