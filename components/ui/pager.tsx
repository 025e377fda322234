import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from './button';
import { formatCount } from './figures';

interface PagerProps {
  /** What is paged through, as in "50 of 800 streams". */
  readonly of: string;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly shown: number;
  readonly matching: number;
  readonly pageSize: number;
  readonly onPage: (page: number) => void;
}

/** Where one is in a long list, and the ways on; nothing when all of it is shown. */
export function Pager({ of, page, pages, shown, matching, pageSize, onPage }: PagerProps) {
  if (pages <= 1) return null;
  const first = (page - 1) * pageSize + 1;
  return (
    <nav aria-label={`Pages of ${of}`} className="flex flex-wrap items-center justify-between gap-2 border-t px-4 py-2.5">
      <p className="text-sm text-ink-muted" role="status">
        {formatCount(first)} to {formatCount(first + shown - 1)} of {formatCount(matching)} {of}
      </p>
      <span className="flex gap-2">
        <Button size="sm" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          <ChevronLeft aria-hidden />
          Previous
        </Button>
        <Button size="sm" disabled={page >= pages} onClick={() => onPage(page + 1)}>
          Next
          <ChevronRight aria-hidden />
        </Button>
      </span>
    </nav>
  );
}
