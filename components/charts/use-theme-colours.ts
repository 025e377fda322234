'use client';

import { useEffect, useState } from 'react';

/** Tokens that a canvas needs as plain colours. */
const TOKENS = ['accent', 'line', 'ink-muted', 'attention', 'danger'] as const;
export type Colours = Readonly<Record<(typeof TOKENS)[number], string>>;

/** The tokens of the present theme as rgb(), read anew when the theme changes. Null until mounted. */
export function useThemeColours(): Colours | null {
  const [colours, setColours] = useState<Colours | null>(null);
  useEffect(() => {
    const read = () => setColours(readColours());
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', read);
    return () => {
      observer.disconnect();
      system.removeEventListener('change', read);
    };
  }, []);
  return colours;
}

/** light-dark() is resolved only where it is used as a colour, so a probe element has to use it. */
function readColours(): Colours {
  const entries = TOKENS.map((token) => {
    const probe = document.createElement('span');
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return [token, color] as const;
  });
  return Object.fromEntries(entries) as Colours;
}
