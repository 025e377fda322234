import { Button } from '@/components/ui/button';
import { formatPlural } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { SkeletonRows } from '@/components/ui/skeleton';
import type { LetterRowDto } from '@/core/dto/dead-letter';
import { operationWord } from './change-view';
import { ITEM_LOOK } from './group-list';
import { StatusBadge } from './status-badge';

interface LetterListProps {
  readonly page: { readonly letters: readonly LetterRowDto[]; readonly nextCursor: string | null } | undefined;
  readonly current: string | null;
  readonly cursor: string | null;
  readonly statusWord: string;
  readonly onPick: (id: string) => void;
  readonly onPage: (cursor: string | null) => void;
}

/** Letters of the picked group, the latest first. */
export function LetterList({ page, current, cursor, statusWord, onPick, onPage }: LetterListProps) {
  if (!page) return <SkeletonRows rows={6} />;
  return (
    <>
      {page.letters.length === 0 ? (
        <p className="px-3 py-8 text-center text-ink-muted">No {statusWord} letters here.</p>
      ) : (
        <ul>
          {page.letters.map((letter) => (
            <li key={letter.id}>
              <button
                type="button"
                data-item={letter.id}
                className={ITEM_LOOK}
                aria-current={current === letter.id}
                onClick={() => onPick(letter.id)}
              >
                <span className="flex items-center justify-between gap-2">
                  <span className="truncate font-mono text-sm">{letter.key ?? 'no key'}</span>
                  <StatusBadge status={letter.status} />
                </span>
                <span className="flex flex-wrap gap-x-2 text-sm text-ink-muted">
                  <span>
                    {operationWord(letter.op)} <span className="font-mono break-all">{letter.table}</span>
                  </span>
                </span>
                <span className="flex flex-wrap gap-x-2 text-xs text-ink-muted">
                  <RelativeTime at={letter.createdAt} />
                  {letter.attemptCount > 0 ? <span>{formatPlural(letter.attemptCount, 'attempt')}</span> : null}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {cursor || page.nextCursor ? (
        <div className="flex flex-wrap justify-between gap-2 p-3">
          <Button size="sm" disabled={!cursor} onClick={() => onPage(null)}>
            Newest
          </Button>
          <Button size="sm" disabled={!page.nextCursor} onClick={() => onPage(page.nextCursor)}>
            Older letters
          </Button>
        </div>
      ) : null}
    </>
  );
}
