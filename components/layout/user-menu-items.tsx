'use client';

import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { ROLE_WORDS } from './roles';
import type { Theme } from './theme';
import { useTheme } from './use-theme';
import type { UserMenuProps } from './user-menu';

const THEME_ITEMS: readonly { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
  { theme: 'system', label: 'As the system', icon: Monitor },
];

const ITEM = 'flex h-8 items-center gap-2 rounded-sm px-2 outline-none data-[highlighted]:bg-sunken max-lg:h-10';

/** Loaded apart from the page, when somebody opens the menu: menus are most of what the frame of a page would weigh. */
export default function UserMenuItems({
  me,
  theme: initialTheme,
  rememberTheme,
  trigger,
}: UserMenuProps & { readonly trigger: ReactNode }) {
  const [theme, setTheme] = useTheme(initialTheme, rememberTheme);
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side="top"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 w-64 rounded-lg border border-line-strong bg-surface p-1.5 text-ink shadow-lg"
        >
          <DropdownMenu.Label className="px-2 py-1.5">
            <span className="block truncate text-sm">{me.email}</span>
            {me.platformRole === 'none' ? null : <span className="block text-xs text-ink-muted">{ROLE_WORDS[me.platformRole]}</span>}
            {me.teams.map((team) => (
              <span key={team.id} className="block truncate text-xs text-ink-muted">
                {ROLE_WORDS[team.role]} of {team.name}
              </span>
            ))}
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2 pt-1 text-xs text-ink-muted">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(next) => setTheme(next as Theme)}>
            {THEME_ITEMS.map(({ theme: value, label, icon: Icon }) => (
              <DropdownMenu.RadioItem key={value} value={value} className={ITEM} onSelect={(event) => event.preventDefault()}>
                <Icon className="size-4 text-ink-muted" aria-hidden />
                {label}
                <DropdownMenu.ItemIndicator className="ml-auto size-1.5 rounded-full bg-accent" />
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item className={ITEM} onSelect={() => void leave()}>
            <LogOut className="size-4 text-ink-muted" aria-hidden />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

async function leave(): Promise<void> {
  const { signOut } = await import('next-auth/react');
  await signOut({ callbackUrl: '/sign-in' });
}
