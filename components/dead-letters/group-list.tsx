import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatCount, formatPlural } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import type { LetterGroupsDto } from '@/core/dto/dead-letter';
import { errorWords } from './error-words';

export const ITEM_LOOK =
  'flex w-full min-w-0 flex-col gap-1 border-b border-l-2 border-l-transparent px-3 py-2.5 text-left hover:bg-sunken focus-visible:-outline-offset-2 aria-[current=true]:border-l-accent aria-[current=true]:bg-accent-soft';

interface GroupListProps {
  readonly found: LetterGroupsDto;
  /** Words were searched for. */
  readonly searched: boolean;
  readonly current: string | null;
  readonly onPick: (fingerprint: string | null) => void;
  readonly onMore: () => void;
}

/** What fails, since when, how often. */
export function GroupList({ found, searched, current, onPick, onMore }: GroupListProps) {
  const { groups, matching, open, more } = found;
  return (
    <ul>
      <li>
        <button type="button" className={ITEM_LOOK} aria-current={current === null} onClick={() => onPick(null)}>
          <span className="flex justify-between gap-2 font-medium">All letters {searched ? null : <span>{formatCount(open)}</span>}</span>
          <span className="text-sm text-ink-muted">
            {matching > 0 && searched
              ? `${formatPlural(matching, 'group')} found, ${formatPlural(open, 'open letter')}`
              : matching > 0
                ? `${formatPlural(matching, 'group')}, the latest first`
                : searched
                  ? 'No group matches'
                  : 'No group has an open letter'}
          </span>
        </button>
      </li>
      {groups.map((group) => (
        <li key={`${group.stream.id} ${group.fingerprint}`}>
          <button
            type="button"
            data-item={group.fingerprint}
            className={ITEM_LOOK}
            aria-current={current === group.fingerprint}
            onClick={() => onPick(group.fingerprint)}
          >
            <span className="flex items-baseline justify-between gap-2">
              <span className="min-w-0 break-words font-medium">{errorWords(group.errorClass)}</span>
              <span className={cn('shrink-0 font-medium', group.open > 0 ? 'text-danger' : 'text-ink-muted')}>
                {formatCount(group.open)} open
              </span>
            </span>
            <span className="line-clamp-2 text-sm break-words text-ink-muted">{group.errorMessage}</span>
            <span className="flex flex-wrap gap-x-2 text-sm text-ink-muted">
              <span className="text-ink">{group.stream.name}</span>
              <span>{formatPlural(group.keys, 'key')}</span>
              {group.parkedBehind > 0 ? <span className="text-attention">{formatCount(group.parkedBehind)} parked behind</span> : null}
              {group.replaying > 0 ? <span>{formatCount(group.replaying)} replaying</span> : null}
            </span>
            <span className="flex flex-wrap gap-x-2 text-xs text-ink-muted">
              <span>
                since <RelativeTime at={group.firstAt} />
              </span>
              <span>
                last <RelativeTime at={group.lastAt} />
              </span>
            </span>
          </button>
        </li>
      ))}
      {more ? (
        <li className="p-3">
          <Button size="sm" onClick={onMore}>
            Show more groups
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
