/** The person's choice, in a cookie so that the first paint already has it. */
export const THEME_COOKIE = 'spillway-theme';
export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

export function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}
