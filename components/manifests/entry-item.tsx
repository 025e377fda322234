import { problemText } from '@/components/forms/problem-text';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Finding, ImportedEntry } from '@/core/spec/fes/imported';

const KINDS: readonly { readonly kind: Finding['kind']; readonly title: string }[] = [
  { kind: 'refused', title: 'Why it cannot run here' },
  { kind: 'choose', title: 'To choose in the draft' },
  { kind: 'kept', title: 'Kept, and not run' },
];

/** One entry of a manifest: from where to where, what is open, and the way into the form. */
export function EntryItem({ entry, busy, onOpen }: { entry: ImportedEntry; busy: boolean; onOpen: () => void }) {
  const { draft, findings } = entry;
  const open = findings.filter(({ kind }) => kind === 'choose').length;
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-mono break-all">{entry.source || 'no source'}</span>
          <span className="text-ink-faint" aria-hidden>
            →
          </span>
          <span className="min-w-0 font-mono break-all">{entry.sink || 'no sink'}</span>
          <Standing entry={entry} open={open} />
        </div>
        {draft ? (
          <Button size="sm" disabled={busy} onClick={onOpen}>
            Open as draft
          </Button>
        ) : null}
      </div>
      <p className="text-sm break-words text-ink-muted">
        {draft?.applicationId ? (
          <>
            Becomes stream <span className="font-mono">{draft.applicationId}</span>, from manifest {entry.manifest}
          </>
        ) : (
          <>From manifest {entry.manifest}</>
        )}
      </p>
      {KINDS.map(({ kind, title }) => (
        <FindingList key={kind} title={title} findings={findings.filter((finding) => finding.kind === kind)} />
      ))}
    </li>
  );
}

function Standing({ entry, open }: { entry: ImportedEntry; open: number }) {
  if (!entry.draft) return <Badge tone="danger">not run here</Badge>;
  return open > 0 ? <Badge tone="attention">{open} to choose</Badge> : <Badge tone="healthy">ready</Badge>;
}

function FindingList({ title, findings }: { title: string; findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div className="text-sm">
      <h3 className="font-medium text-ink-muted">{title}</h3>
      <ul className="flex flex-col gap-0.5">
        {findings.map((finding) => (
          <li key={`${finding.field} ${finding.remedy}`} className="flex flex-wrap gap-x-2">
            <span className="font-mono break-all">{finding.field}</span>
            <span className="min-w-0 break-words">{problemText(finding)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
