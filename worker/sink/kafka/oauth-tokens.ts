import { Agent, request } from 'undici';
import * as z from 'zod';
import { PRIVATE_TOO, systemResolve } from '@/worker/network/address-policy';
import { guardedConnector } from '@/worker/network/guarded-connector';

export interface OauthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
}

const TIMEOUT_MS = 8_000;
/** A token is asked for anew when less than this of its life is left, ms: an authentication takes a moment. */
const SPARE_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

/** The token server refused or made no sense: told without what was sent. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/**
 * Gives tokens of the client-credentials grant (RFC 6749, 4.4), kept until shortly before they end. kafkajs asks with every
 * connection, and again when a broker limits the life of a session (KIP-368), so that nothing has to run in the background.
 */
export function oauthTokens(client: OauthClient, now: () => number = Date.now): () => Promise<{ value: string }> {
  // Admins register it, as they do brokers in their own network; link-local stays closed.
  const dispatcher = new Agent({ connect: guardedConnector(PRIVATE_TOO, systemResolve, TIMEOUT_MS) });
  let kept: { value: string; until: number } | null = null;
  let asking: Promise<{ value: string; until: number }> | null = null;

  async function fresh(): Promise<{ value: string; until: number }> {
    const asked = now();
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(client.scope ? { scope: client.scope } : {}) });
    const basic = Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`).toString('base64');
    const { statusCode, body } = await request(client.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await readLimited(body);
    if (statusCode !== 200) throw new TokenRefused(`the token server answers ${statusCode}`);
    const parsed = answer.safeParse(parseJson(text));
    if (!parsed.success) throw new TokenRefused('the token server gives no access_token');
    const { access_token: value, expires_in: seconds = 0 } = parsed.data;
    return { value, until: asked + seconds * 1000 - SPARE_MS };
  }

  return async () => {
    if (kept && now() < kept.until) return { value: kept.value };
    asking ??= fresh().finally(() => {
      asking = null;
    });
    kept = await asking;
    return { value: kept.value };
  };
}

async function readLimited(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new TokenRefused(`the token server answers with more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
