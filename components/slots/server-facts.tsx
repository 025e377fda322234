import { CircleAlert, CircleCheck } from 'lucide-react';
import { formatBytes, formatCount } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import type { SourceSlotsDto } from '@/core/dto/slot';

/** One line about the server that the slots are on. */
export function ServerFacts({ source }: { source: SourceSlotsDto }) {
  const seen = source.observation;
  if (!seen) return <p className="text-sm text-ink-muted">The worker has not looked at this server yet.</p>;
  const ours = source.slots.filter((slot) => slot.stream !== null).length;
  const facts = [
    seen.serverVersion ? `Postgres ${seen.serverVersion}` : null,
    seen.walBytesPerSec === null ? null : `writes ${formatBytes(seen.walBytesPerSec)}/s of WAL`,
    seen.usedSlots === null ? null : `${formatCount(seen.usedSlots)} of ${formatCount(seen.maxSlots ?? 0)} slots used`,
    `${formatCount(ours)} of ${formatCount(source.slotLimit)} for Spillway`,
    seen.usedSenders === null ? null : `${formatCount(seen.usedSenders)} of ${formatCount(seen.maxSenders ?? 0)} senders used`,
    seen.maxSlotWalKeepBytes === null
      ? 'no cap on retained WAL: its disk is the limit'
      : `cap ${formatBytes(seen.maxSlotWalKeepBytes)} a slot`,
  ].filter((fact) => fact !== null);
  const Icon = seen.reachable ? CircleCheck : CircleAlert;
  return (
    <div className="flex flex-col gap-0.5 text-sm">
      <p
        className={
          seen.reachable ? 'flex flex-wrap items-center gap-1.5 text-ink-muted' : 'flex flex-wrap items-center gap-1.5 text-danger'
        }
      >
        <Icon className={seen.reachable ? 'size-4 shrink-0 text-healthy' : 'size-4 shrink-0'} aria-hidden />
        {seen.reachable ? 'reached' : 'not reachable, last tried'} <RelativeTime at={seen.observedAt} />
        {seen.error ? <span className="break-words">· {seen.error}</span> : null}
      </p>
      <p className="text-ink-muted">{facts.join(' · ')}</p>
    </div>
  );
}
