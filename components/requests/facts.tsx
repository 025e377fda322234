import type { ReactNode } from 'react';

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** What the figure means for the decision. */
  readonly hint?: ReactNode;
}

/** Names and figures of a server or a table, as a grid that wraps. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-2 xl:grid-cols-3">
      {facts.map(({ name, value, hint }) => (
        <div key={name} className="min-w-0 wrap-anywhere">
          <dt className="text-sm text-ink-muted">{name}</dt>
          <dd className="font-medium">{value}</dd>
          {hint ? <dd className="text-sm text-ink-muted">{hint}</dd> : null}
        </div>
      ))}
    </dl>
  );
}
