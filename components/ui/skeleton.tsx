import { cn } from './cn';

/** A grey block of the size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('skeleton block h-4', className)} />;
}

/** Rows of a table that is on its way. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y">
      {Array.from({ length: rows }, (_, row) => (
        <div key={`row-${row.toString()}`} className="flex h-13 items-center gap-6 px-4">
          <Skeleton className="w-48" />
          <Skeleton className="w-24" />
          <Skeleton className="ml-auto w-32" />
        </div>
      ))}
    </div>
  );
}
