import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { requireActor } from '@/app/_server/session';
import { QueryProvider } from '@/components/layout/query-provider';
import { Shell } from '@/components/layout/shell';
import { isTheme, THEME_COOKIE } from '@/components/layout/theme';
import { navCounts } from '@/core/catalog/nav';
import { rememberTheme } from './actions';

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor();
  const [counts, jar] = await Promise.all([navCounts(actor), cookies()]);
  const chosen = jar.get(THEME_COOKIE)?.value;
  const me = { name: actor.name, email: actor.email, platformRole: actor.platformRole, teams: actor.teams };
  return (
    <QueryProvider>
      <Shell user={{ me, theme: isTheme(chosen) ? chosen : 'system', rememberTheme }} counts={counts}>
        {children}
      </Shell>
    </QueryProvider>
  );
}
