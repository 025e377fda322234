'use client';

import { useState } from 'react';
import type { Theme } from './theme';

/** Keeps the choice for the next page. A server action, because browsers' cookie API is missing on plain http. */
export type RememberTheme = (theme: Theme) => Promise<void>;

/** The theme and how to change it: at once on this page, by cookie on the next. */
export function useTheme(initial: Theme, remember: RememberTheme): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(initial);
  const change = (next: Theme) => {
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    // Not kept when the portal is away: the page has it all the same.
    remember(next).catch(() => undefined);
  };
  return [theme, change];
}
