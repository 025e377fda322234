'use server';

import { cookies } from 'next/headers';
import { isTheme, THEME_COOKIE } from '@/components/layout/theme';

const YEAR = 365 * 24 * 3600;

/** Remembers a person's theme in a cookie of their browser; the catalog does not know it. */
export async function rememberTheme(theme: unknown): Promise<void> {
  if (!isTheme(theme)) return;
  (await cookies()).set(THEME_COOKIE, theme, { path: '/', maxAge: YEAR, sameSite: 'lax', httpOnly: true });
}
