'use client';

import { ChevronsUpDown, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { DropdownMenu } from 'radix-ui';
import { ROLE_WORDS } from './roles';
import type { Theme } from './theme';
import { type RememberTheme, useTheme } from './use-theme';

/** Who is signed in, as the menu shows it. */
export interface Me {
  readonly name: string;
  readonly email: string;
  readonly platformRole: 'none' | 'platform_admin' | 'auditor';
  readonly teams: readonly { readonly id: string; readonly name: string; readonly role: 'builder' | 'team_lead' }[];
}

const THEME_ITEMS: readonly { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
  { theme: 'system', label: 'As the system', icon: Monitor },
];

const ITEM = 'flex h-8 items-center gap-2 rounded-sm px-2 outline-none data-[highlighted]:bg-sunken max-lg:h-10';

export interface UserMenuProps {
  readonly me: Me;
  readonly theme: Theme;
  readonly rememberTheme: RememberTheme;
}

export function UserMenu({ me, theme: initialTheme, rememberTheme }: UserMenuProps) {
  const [theme, setTheme] = useTheme(initialTheme, rememberTheme);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-2 text-left hover:bg-sunken">
        <span
          className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-strong"
          aria-hidden
        >
          {initials(me.name)}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{me.name}</span>
          <span className="block truncate text-xs text-ink-muted">{roleLine(me)}</span>
        </span>
        <ChevronsUpDown className="size-4 shrink-0 text-ink-faint" aria-hidden />
      </DropdownMenu.Trigger>
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
          <DropdownMenu.Item className={ITEM} onSelect={() => void signOut({ callbackUrl: '/sign-in' })}>
            <LogOut className="size-4 text-ink-muted" aria-hidden />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}

/** The one line that tells people apart: platform role first, else the team. */
function roleLine(me: Me): string {
  if (me.platformRole !== 'none') return ROLE_WORDS[me.platformRole];
  const [team, ...others] = me.teams;
  if (!team) return 'In no team yet';
  return `${team.name} · ${ROLE_WORDS[team.role].toLowerCase()}${others.length > 0 ? ` +${others.length}` : ''}`;
}
