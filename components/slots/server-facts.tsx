'use client';

import { CircleAlert, CircleCheck } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatCount } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { useNow } from '@/components/ui/use-now';
import type { SourceSlotsDto } from '@/core/dto/slot';

/** The worker looks every few seconds; a look older than this says that it does not any more. */
const OLD_MS = 60_000;

/** One line about the server that the slots are on. */
export function ServerFacts({ source }: { source: SourceSlotsDto }) {
  const seen = source.observation;
  const now = useNow();
  if (!seen) return <p className="text-sm text-ink-muted">The worker has not looked at this server yet.</p>;
  const facts = [
    seen.serverVersion ? `Postgres ${seen.serverVersion}` : null,
    seen.walBytesPerSec === null ? null : `writes ${formatBytes(seen.walBytesPerSec)}/s of WAL`,
    seen.usedSlots === null ? null : `${formatCount(seen.usedSlots)} of ${formatCount(seen.maxSlots ?? 0)} slots used`,
    `${formatCount(source.ours)} of ${formatCount(source.slotLimit)} for Spillway`,
    seen.usedSenders === null ? null : `${formatCount(seen.usedSenders)} of ${formatCount(seen.maxSenders ?? 0)} senders used`,
    seen.maxSlotWalKeepBytes === null
      ? 'no cap on retained WAL: its disk is the limit'
      : `cap ${formatBytes(seen.maxSlotWalKeepBytes)} a slot`,
  ].filter((fact) => fact !== null);
  const old = now > 0 && now - Date.parse(seen.observedAt) > OLD_MS;
  const [Icon, tone] = !seen.reachable
    ? [CircleAlert, 'text-danger']
    : old
      ? [CircleAlert, 'text-attention']
      : [CircleCheck, 'text-ink-muted'];
  return (
    <div className="flex flex-col gap-0.5 text-sm">
      <p className={cn('flex items-start gap-1.5', tone)}>
        <Icon className={cn('mt-0.5 size-4 shrink-0', seen.reachable && !old && 'text-healthy')} aria-hidden />
        <span>
          {seen.reachable ? 'Looked at' : 'Not reachable, last tried'} <RelativeTime at={seen.observedAt} />
          {seen.error ? `: ${seen.error}` : ''}
          {seen.reachable && old ? '; the figures below are that old, look whether the worker runs' : ''}
        </span>
      </p>
      <p className="text-ink-muted">{facts.join(' · ')}</p>
    </div>
  );
}
