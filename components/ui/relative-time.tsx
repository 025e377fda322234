'use client';

import { formatExact, formatRelative, formatSpan } from './figures';
import { useNow } from './use-now';

interface RelativeTimeProps {
  /** ISO text. */
  readonly at: string;
  /** `span` says how long ("12 min") instead of when ("12 min ago"). */
  readonly as?: 'ago' | 'span';
  readonly className?: string;
}

/** A time relative to now, with the exact one on hover (local and UTC). */
export function RelativeTime({ at, as = 'ago', className }: RelativeTimeProps) {
  const clock = useNow();
  const then = Date.parse(at);
  const now = clock === 0 ? Date.now() : clock;
  const exact = formatExact(at);
  const title = clock === 0 ? exact : `${new Date(then).toLocaleString()} (${exact})`;
  const text = as === 'span' ? formatSpan(Math.max(0, (now - then) / 1000)) : formatRelative(then, now);
  return (
    // The server's "3 s ago" may be 4 s by the time it is read.
    <time dateTime={at} title={title} className={className ?? 'whitespace-nowrap'} suppressHydrationWarning>
      {text}
    </time>
  );
}
