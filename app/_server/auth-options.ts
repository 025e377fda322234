import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { admitVerified, attemptSucceeded, beginAttempt, findCredentials } from '@/core/catalog/sign-in';
import { type PortalEnv, portalEnv } from '@/core/env';
import { log } from '@/core/log';
import { verifyPassword } from '@/core/secrets/password';
import { callerAddress } from './caller-address';

const SESSION_SECONDS = 8 * 3600;
const MAX_PASSWORD_LENGTH = 1024;

/** The session cookie holds a person's id and nothing else; what they may do is read from the catalog at each request. */
export function authOptions(): NextAuthOptions {
  const env = portalEnv();
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [credentials(), ...oidc(env)],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== 'oidc') return true;
        const email = normalise(user.email);
        if (!email || (profile as { email_verified?: unknown } | undefined)?.email_verified !== true) return false;
        const id = await admitVerified(email, user.name?.slice(0, 200) || email);
        if (id) user.id = id;
        return id !== null;
      },
      jwt: ({ token, user }) => ({ sub: user ? user.id : token.sub }),
      session: ({ session, token }) => ({ expires: session.expires, user: { id: token.sub, name: null } }),
    },
    logger: {
      error: (code, metadata) => log.error({ code, reason: reasonOf(metadata) }, 'sign-in failed'),
      warn: (code) => log.warn({ code }, 'sign-in warning'),
      debug: () => undefined,
    },
  };
}

function credentials() {
  return CredentialsProvider({
    name: 'Password',
    credentials: { email: { label: 'Email', type: 'email' }, password: { label: 'Password', type: 'password' } },
    async authorize(typed, request) {
      const email = normalise(typed?.email);
      const password = typed?.password ?? '';
      if (!email || password.length === 0 || password.length > MAX_PASSWORD_LENGTH) return null;
      const attempt = await beginAttempt(email, callerAddress(request.headers ?? {}));
      // The sign-in page turns this code into words.
      if (attempt === null) throw new Error('rate_limited');
      const known = await findCredentials(email);
      if (!(await verifyPassword(password, known?.passwordHash ?? null)) || !known) return null;
      await attemptSucceeded(attempt);
      return { id: known.id };
    },
  });
}

function oidc(env: PortalEnv): NextAuthOptions['providers'] {
  if (!env.OIDC_ISSUER) return [];
  return [
    {
      id: 'oidc',
      name: env.OIDC_NAME ?? 'Single sign-on',
      type: 'oauth',
      wellKnown: `${env.OIDC_ISSUER.replace(/\/$/, '')}/.well-known/openid-configuration`,
      clientId: env.OIDC_CLIENT_ID,
      clientSecret: env.OIDC_CLIENT_SECRET,
      authorization: { params: { scope: 'openid email profile' } },
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      profile: (claims: { sub: string; email?: string; name?: string }) => ({
        id: claims.sub,
        email: claims.email ?? null,
        name: claims.name ?? null,
      }),
    },
  ];
}

function normalise(email: unknown): string | null {
  const text = typeof email === 'string' ? email.trim().toLowerCase() : '';
  return text.includes('@') && text.length <= 320 ? text : null;
}

function reasonOf(metadata: unknown): string | undefined {
  if (metadata instanceof Error) return metadata.message;
  const inner = (metadata as { error?: unknown } | undefined)?.error;
  return inner instanceof Error ? inner.message : undefined;
}
