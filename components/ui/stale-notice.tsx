'use client';

import { CloudOff } from 'lucide-react';
import { formatDuration } from './figures';
import type { Live } from './use-live';
import { useNow } from './use-now';

/** Says that the figures on the page are old, since when and why; nothing while they are fresh. */
export function StaleNotice({ live }: { live: Pick<Live<unknown>, 'failed' | 'updatedAt'> }) {
  const now = useNow();
  return (
    <div role="status" className="empty:hidden">
      {live.failed ? (
        <p className="flex items-center gap-2 rounded-md border border-attention/35 bg-attention-soft px-3 py-2 text-attention">
          <CloudOff className="size-4 shrink-0" aria-hidden />
          <span>
            {WHY[live.failed]} Figures are {formatDuration(Math.max(0, now - live.updatedAt) / 1000)} old.{' '}
            {live.failed === 'signed_out' ? (
              <a href="/sign-in" className="underline">
                Sign in again
              </a>
            ) : null}
          </span>
        </p>
      ) : null}
    </div>
  );
}

const WHY = {
  catalog: 'The catalog database cannot be reached; streams run on meanwhile.',
  offline: 'The portal does not answer; it is asked again every few seconds.',
  signed_out: 'Your session has ended.',
  gone: 'This is gone, or no longer yours to see.',
};
