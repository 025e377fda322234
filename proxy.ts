import { type NextRequest, NextResponse } from 'next/server';
import { getToken } from 'next-auth/jwt';

/**
 * Sends signed-out people to the sign-in page and sets the security headers. It decides nothing about rights: pages, routes and
 * verbs read the person from the catalog themselves.
 */
export default async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const response = (await mustSignIn(request)) ? NextResponse.redirect(signInAddress(request)) : pass(request, nonce, policy);
  response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('x-frame-options', 'DENY');
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
  if (isHttps()) response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return response;
}

/** Everything but Next's own static files; API routes answer 401 by themselves instead of being redirected. */
export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico|icon.svg).*)'] };

async function mustSignIn(request: NextRequest): Promise<boolean> {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith('/api/') || pathname === '/sign-in') return false;
  return (await getToken({ req: request, secureCookie: isHttps() })) === null;
}

function signInAddress(request: NextRequest): URL {
  const address = new URL('/sign-in', process.env.NEXTAUTH_URL ?? request.url);
  const { pathname, search } = request.nextUrl;
  if (pathname !== '/') address.searchParams.set('callbackUrl', `${pathname}${search}`);
  return address;
}

/** Next reads the nonce from the request's policy and puts it on every script it writes. */
function pass(request: NextRequest, nonce: string, policy: string): NextResponse {
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  return NextResponse.next({ request: { headers } });
}

/** Styles stay inline-able: the editor and the chart set styles on elements at run time. `next dev` needs eval. */
function contentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function isHttps(): boolean {
  return process.env.NEXTAUTH_URL?.startsWith('https://') ?? false;
}
