import * as z from 'zod';

/** How to get the bearer tokens of a target. Tokens are told to nobody but the target. */
export interface Tokens {
  current(signal: AbortSignal): Promise<string>;
  /** The target refused this token. True when asking for another one makes sense. */
  refused(token: string): boolean;
}

export interface TokenRequest {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
}

/** Posts a form and gives status and body; the caller's own guarded way out. */
export type PostForm = (
  url: string,
  form: string,
  authorization: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string | null }>;

/** The token server refused, or made no sense. Holds nothing of what was sent. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    message: string,
    /** The credentials are at fault, not the server. */
    readonly credentials: boolean,
  ) {
    super(message);
  }
}

/** A token is asked for anew when less than this of its life is left, ms. */
const SPARE_MS = 30_000;
/** A token whose life is not told is used for so long, ms. */
const UNTOLD_LIFE_MS = 300_000;

const grant = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

/** A token that an admin typed in: it is what it is. */
export function staticToken(token: string): Tokens {
  return { current: async () => token, refused: () => false };
}

/** Tokens of the client credentials grant (RFC 6749, 4.4), kept until shortly before they end or are refused. */
export function grantedTokens(request: TokenRequest, post: PostForm, now: () => number = Date.now): Tokens {
  let kept: { readonly token: string; readonly until: number } | null = null;
  return {
    async current(signal) {
      if (kept && now() < kept.until) return kept.token;
      const asked = now();
      const form = new URLSearchParams({ grant_type: 'client_credentials', ...(request.scope ? { scope: request.scope } : {}) });
      const pair = `${encodeURIComponent(request.clientId)}:${encodeURIComponent(request.clientSecret)}`;
      const { status, body } = await post(request.url, form.toString(), `Basic ${Buffer.from(pair).toString('base64')}`, signal);
      if (status !== 200) throw new TokenRefused(`the token server answered ${status}`, status >= 400 && status < 500 && status !== 429);
      const granted = grant.safeParse(jsonIn(body));
      if (!granted.success) throw new TokenRefused('the token server gave no access_token', false);
      const { access_token: token, expires_in: seconds } = granted.data;
      const life = seconds === undefined ? UNTOLD_LIFE_MS : seconds * 1000;
      // Of a short life half is used, so that such a token is not asked for with every request.
      kept = { token, until: asked + Math.max(life - SPARE_MS, life / 2) };
      return token;
    },
    refused(token) {
      if (kept?.token === token) kept = null;
      return true;
    },
  };
}

function jsonIn(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return null;
  }
}
