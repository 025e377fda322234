import { FilePen } from 'lucide-react';
import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import type { DraftDto } from '@/core/dto/stream';

/** Streams this person began to declare; each goes on where it was left. */
export function DraftsList({ drafts }: { drafts: readonly DraftDto[] }) {
  return (
    <Card title="Your drafts" description="Saved while you typed; only you see them." flush>
      <ul className="divide-y border-t">
        {drafts.map((draft) => (
          <li key={draft.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5">
            <span className="flex min-w-0 items-center gap-2">
              <FilePen className="size-4 shrink-0 text-ink-faint" aria-hidden />
              <Link href={hrefOf(draft)} className="min-w-0 font-medium break-words hover:underline">
                {nameOf(draft)}
              </Link>
              {draft.streamId ? <span className="text-sm text-ink-muted">revision</span> : null}
            </span>
            <span className="text-sm text-ink-muted">
              edited <RelativeTime at={draft.updatedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function hrefOf(draft: DraftDto): string {
  return draft.streamId ? `/streams/${draft.streamId}/revise?draft=${draft.id}` : `/streams/new?draft=${draft.id}`;
}

/** A draft may hold anything that was typed: the name where there is one. */
function nameOf(draft: DraftDto): string {
  const body = draft.body as { form?: { applicationId?: unknown }; spec?: { applicationId?: unknown } } | null;
  const name = body?.form?.applicationId ?? body?.spec?.applicationId;
  return typeof name === 'string' && name !== '' ? name : 'Unnamed stream';
}
