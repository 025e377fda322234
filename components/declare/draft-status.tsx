'use client';

import { formatRelative } from '@/components/ui/figures';
import { useNow } from '@/components/ui/use-now';
import type { Saving } from './use-draft';

/** "Saved 2 s ago": whether what was typed is safe. */
export function DraftStatus({ saving }: { saving: Saving }) {
  const now = useNow();
  switch (saving.phase) {
    case 'unsaved':
      return <span className="text-sm text-ink-muted">Saved as a draft while you type</span>;
    case 'saving':
      return <span className="text-sm text-ink-muted">Saving…</span>;
    case 'saved':
      return <span className="text-sm text-ink-muted">Saved {formatRelative(saving.at, Math.max(now, saving.at))}</span>;
    case 'failed':
      return (
        <span role="alert" className="text-sm text-danger">
          Not saved: {saving.message}
        </span>
      );
  }
}
