'use client';

import { ChevronsUpDown } from 'lucide-react';
import { type ComponentProps, lazy, Suspense, useState } from 'react';
import { ROLE_WORDS } from './roles';
import type { Theme } from './theme';
import type { RememberTheme } from './use-theme';

/** Who is signed in, as the menu shows it. */
export interface Me {
  readonly name: string;
  readonly email: string;
  readonly platformRole: 'none' | 'platform_admin' | 'auditor';
  readonly teams: readonly { readonly id: string; readonly name: string; readonly role: 'builder' | 'team_lead' }[];
}

export interface UserMenuProps {
  readonly me: Me;
  readonly theme: Theme;
  readonly rememberTheme: RememberTheme;
}

const Items = lazy(() => import('./user-menu-items'));

export function UserMenu(props: UserMenuProps) {
  const [wanted, setWanted] = useState(false);
  const open = () => setWanted(true);
  const closed = (
    <UserButton
      me={props.me}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={open}
      onKeyDown={({ key }) => {
        if (key === 'ArrowDown') open();
      }}
    />
  );
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <Items {...props} trigger={<UserButton me={props.me} />} />
    </Suspense>
  );
}

function UserButton({ me, ...rest }: ComponentProps<'button'> & { readonly me: Me }) {
  return (
    <button type="button" className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-2 text-left hover:bg-sunken" {...rest}>
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
    </button>
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
