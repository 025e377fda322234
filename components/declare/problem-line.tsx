import { TriangleAlert } from 'lucide-react';

/** A problem of a group of choices, which has no single control to stand under. */
export function ProblemLine({ children }: { children: string | undefined }) {
  if (!children) return null;
  return (
    <p role="alert" className="flex items-start gap-1.5 text-sm text-danger">
      <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      {children}
    </p>
  );
}
