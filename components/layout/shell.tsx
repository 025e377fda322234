'use client';

import { Menu, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Toaster } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
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
    <TooltipProvider delayDuration={300}>
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
          <Drawer counts={counts} user={user} />
        </header>
        <main id="main" tabIndex={-1} className="min-w-0 outline-none">
          {children}
        </main>
      </div>
      <Toaster />
    </TooltipProvider>
  );
}

function Drawer({ counts, user }: { counts: NavCounts; user: UserMenuProps }) {
  const [open, setOpen] = useState(false);
  const waiting = counts.letters + counts.requests + counts.attention;
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        className="relative -mr-2 grid size-10 place-items-center rounded-md hover:bg-sunken"
        aria-label={waiting > 0 ? `Menu, ${waiting} waiting` : 'Menu'}
      >
        <Menu className="size-5" aria-hidden />
        {waiting > 0 ? <span className="absolute top-2 right-2 size-2 rounded-full bg-attention" /> : null}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-50 flex w-72 max-w-[85vw] flex-col gap-3 border-l bg-surface p-3"
        >
          <div className="flex items-center justify-between pl-2.5">
            <Dialog.Title className="font-semibold">Menu</Dialog.Title>
            <Dialog.Close className="grid size-10 place-items-center rounded-md hover:bg-sunken" aria-label="Close menu">
              <X className="size-5" aria-hidden />
            </Dialog.Close>
          </div>
          <nav aria-label="Main" className="flex-1 overflow-y-auto">
            <NavLinks counts={counts} onGo={() => setOpen(false)} />
          </nav>
          <UserMenu {...user} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
