'use client';

import { Menu } from 'lucide-react';
import { type ComponentProps, lazy, type ReactNode, Suspense, useState } from 'react';
import { Toaster } from '@/components/ui/toast';
import { NavLinks } from './nav-links';
import { type NavCounts, useNavCounts } from './use-nav-counts';
import { UserMenu, type UserMenuProps } from './user-menu';
import { Wordmark } from './wordmark';

interface ShellProps {
  readonly user: UserMenuProps;
  readonly counts: NavCounts;
  readonly children: ReactNode;
}

/** Left navigation from 1024 px on, a drawer below; the page in the middle. */
export function Shell({ user, counts: initialCounts, children }: ShellProps) {
  const counts = useNavCounts(initialCounts);
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-md border bg-surface px-3 py-2 font-medium focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <div className="lg:grid lg:grid-cols-[216px_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-surface p-3 lg:flex">
          <div className="mb-4 px-2.5">
            <Wordmark />
          </div>
          <nav aria-label="Main" className="flex-1 overflow-y-auto">
            <NavLinks counts={counts} />
          </nav>
          <UserMenu {...user} />
        </aside>
        <header className="sticky top-0 z-30 flex h-12 items-center justify-between border-b bg-surface px-4 lg:hidden">
          <Wordmark />
          <DrawerButton counts={counts} user={user} />
        </header>
        <main id="main" tabIndex={-1} className="min-w-0 outline-none">
          {children}
        </main>
      </div>
      <Toaster />
    </>
  );
}

const Drawer = lazy(() => import('./drawer'));

/** Below 1024 px. The drawer is loaded when it is opened for the first time. */
function DrawerButton({ counts, user }: { counts: NavCounts; user: UserMenuProps }) {
  const [wanted, setWanted] = useState(false);
  const waiting = counts.letters + counts.requests + counts.attention;
  const button = (more: ComponentProps<'button'>) => (
    <button
      type="button"
      className="relative -mr-2 grid size-10 place-items-center rounded-md hover:bg-sunken"
      aria-label={waiting > 0 ? `Menu, ${waiting} waiting` : 'Menu'}
      {...more}
    >
      <Menu className="size-5" aria-hidden />
      {waiting > 0 ? <span className="absolute top-2 right-2 size-2 rounded-full bg-attention" /> : null}
    </button>
  );
  const closed = button({ 'aria-haspopup': 'dialog', 'aria-expanded': false, onClick: () => setWanted(true) });
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <Drawer counts={counts} user={user} trigger={button({})} />
    </Suspense>
  );
}
