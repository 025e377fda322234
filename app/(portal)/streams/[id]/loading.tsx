import { Page } from '@/components/layout/page';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';

/** The layout of the stream page. */
export default function Loading() {
  return (
    <Page>
      <div className="flex flex-col gap-2">
        <Skeleton className="w-20" />
        <Skeleton className="h-7 w-64" />
      </div>
      <Skeleton className="h-32 w-full" />
      <Skeleton className="h-56 w-full" />
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="rounded-lg border bg-surface">
          <SkeletonRows />
        </div>
        <Skeleton className="h-64 w-full" />
      </div>
    </Page>
  );
}
