/**
 * Where to go after signing in: a path of this portal and nothing else, so that a link to the sign-in page cannot send
 * people to another site. `portal` is the portal's own address.
 */
export function landingPath(asked: string | readonly string[] | undefined, portal: string | undefined): string {
  const base = portal && URL.canParse(portal) ? new URL(portal) : new URL('http://portal.invalid');
  const fallback = '/streams';
  if (typeof asked !== 'string' || !URL.canParse(asked, base)) return fallback;
  const address = new URL(asked, base);
  if (address.origin !== base.origin || address.pathname.startsWith('/sign-in') || address.pathname === '/') return fallback;
  // A path of two slashes would be another host again.
  return `/${address.pathname.replace(/^\/+/, '')}${address.search}`;
}
