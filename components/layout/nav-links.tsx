'use client';

import { Cable, Database, Inbox, type LucideIcon, ScrollText, ShieldCheck, Target, Waypoints } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import { formatCount } from '@/components/ui/figures';
import type { NavCounts } from './use-nav-counts';

interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Which count waits here, and its words for screen readers. */
  readonly count?: { readonly of: keyof NavCounts; readonly words: string };
}

const ITEMS: readonly NavItem[] = [
  { href: '/streams', label: 'Streams', icon: Waypoints, count: { of: 'attention', words: 'need attention' } },
  { href: '/dead-letters', label: 'Dead letters', icon: Inbox, count: { of: 'letters', words: 'open' } },
  { href: '/requests', label: 'Requests', icon: ShieldCheck, count: { of: 'requests', words: 'waiting' } },
  { href: '/slots', label: 'Slots', icon: Cable },
  { href: '/sources', label: 'Sources', icon: Database },
  { href: '/sinks', label: 'Sink targets', icon: Target },
  { href: '/audit', label: 'Audit', icon: ScrollText },
];

export function NavLinks({ counts, onGo }: { counts: NavCounts; onGo?: () => void }) {
  const path = usePathname();
  return (
    <ul className="flex flex-col gap-0.5">
      {ITEMS.map(({ href, label, icon: Icon, count }) => {
        const here = path === href || path.startsWith(`${href}/`);
        const waiting = count ? counts[count.of] : 0;
        return (
          <li key={href}>
            <Link
              href={href}
              aria-current={here ? 'page' : undefined}
              {...(onGo ? { onClick: onGo } : {})}
              className={cn(
                'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-ink-muted hover:bg-sunken hover:text-ink max-lg:h-10',
                here && 'bg-sunken font-medium text-ink',
              )}
            >
              <Icon className={cn('size-4 shrink-0', here && 'text-accent')} aria-hidden />
              <span className="min-w-0 flex-1 truncate">{label}</span>
              {count && waiting > 0 ? (
                <span className="rounded-full bg-attention-soft px-1.5 text-xs font-medium text-attention">
                  {formatCount(waiting)}
                  <span className="sr-only"> {count.words}</span>
                </span>
              ) : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
