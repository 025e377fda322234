import { Page } from '@/components/layout/page';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';

/** The layout of a list page, so that nothing jumps when it arrives. */
export default function Loading() {
  return (
    <Page>
      <div className="flex items-center justify-between">
        <Skeleton className="h-7 w-36" />
        <Skeleton className="h-8 w-32" />
      </div>
      <Skeleton className="w-72" />
      <div className="rounded-lg border bg-surface">
        <SkeletonRows />
      </div>
    </Page>
  );
}
