import { Callout } from '@/components/ui/callout';
import type { FieldProblem } from '@/core/errors';
import { ProblemList } from './problem-list';

/** Of an imported draft: what the manifest says and Spillway does not do. Folded, so that the form stays in sight. */
export function KeptNote({ kept }: { kept: readonly FieldProblem[] }) {
  return (
    <Callout title="Imported from a manifest, which stays with the stream">
      <details>
        <summary className="w-fit cursor-pointer text-ink-muted">What it says and Spillway does not do</summary>
        <div className="pt-2">
          <ProblemList problems={kept} />
        </div>
      </details>
    </Callout>
  );
}
