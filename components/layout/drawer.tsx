'use client';

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { NavLinks } from './nav-links';
import type { NavCounts } from './use-nav-counts';
import { UserMenu, type UserMenuProps } from './user-menu';

interface DrawerProps {
  readonly counts: NavCounts;
  readonly user: UserMenuProps;
  /** The button that opens it again. */
  readonly trigger: ReactNode;
}

/** The navigation on a narrow screen, open when it is first shown. */
export default function Drawer({ counts, user, trigger }: DrawerProps) {
  const [open, setOpen] = useState(true);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>{trigger}</Dialog.Trigger>
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
