import { formatMs } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import type { LetterAttemptDto } from '@/core/dto/dead-letter';
import { errorWords } from './error-words';

/** Each attempt with what the sink said, oldest first, and how long after the one before. */
export function AttemptTimeline({ attempts, total }: { attempts: readonly LetterAttemptDto[]; total: number }) {
  if (attempts.length === 0) return <p className="text-ink-muted">It was never sent: it waits behind an earlier letter of its key.</p>;
  return (
    <ol className="flex flex-col pl-1">
      {attempts.map((attempt, index) => {
        const before = attempts[index - 1];
        const gap = before ? Date.parse(attempt.at) - Date.parse(before.at) : null;
        return (
          <li key={`${attempt.at} ${index.toString()}`} className="relative border-l pb-3 pl-4 last:pb-0">
            <span className="absolute top-1.5 -left-[5px] size-2 rounded-full bg-danger" aria-hidden />
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-medium">Attempt {Math.max(total, attempts.length) - attempts.length + index + 1}</span>
              <RelativeTime at={attempt.at} className="text-sm text-ink-muted" />
              {gap !== null && gap >= 0 ? <span className="text-sm text-ink-muted">{formatMs(gap)} after the one before</span> : null}
            </p>
            <p className="text-sm break-words">
              <span className="font-mono">
                {attempt.status === undefined ? errorWords(attempt.errorClass) : `${attempt.status}: ${errorWords(attempt.errorClass)}`}
              </span>{' '}
              <span className="text-ink-muted">{attempt.message}</span>
            </p>
          </li>
        );
      })}
    </ol>
  );
}
