import { Lock } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';

/** For a person who may not do this: says who can, instead of hiding the page. */
export function WhoCan({ title, children }: { title: string; children: string }) {
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState icon={Lock} title={title}>
        {children}
      </EmptyState>
    </div>
  );
}
