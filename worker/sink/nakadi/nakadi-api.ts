import { Agent } from 'undici';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { PRIVATE_TOO, PUBLIC_ONLY, type Resolve, systemResolve } from '@/worker/network/address-policy';
import { guardedConnector } from '@/worker/network/guarded-connector';
import { readUpTo } from '@/worker/network/read-up-to';
import { grantedTokens, staticToken } from './tokens';

export interface NakadiAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Null when it is longer than 4 MiB. */
  readonly body: string | null;
}

/** Nakadi's HTTP API, signed in. Rejects on network errors and TokenRefused; every answer is an answer. */
export interface NakadiApi {
  call(method: 'GET' | 'POST', path: string, flowId: string, body: Buffer | null, signal: AbortSignal): Promise<NakadiAnswer>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** A 207 or 422 for a thousand events, with a detail each. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Sockets go to checked addresses only, as for HTTP sinks; redirects and environment proxies are not followed. */
export function openNakadi(config: SinkTargetConfigOf<'Nakadi'>, secret: string, resolve: Resolve = systemResolve): NakadiApi {
  const { auth, allowPrivateNetwork, timeoutMs } = config;
  const connect = guardedConnector(allowPrivateNetwork ? PRIVATE_TOO : PUBLIC_ONLY, resolve, CONNECT_TIMEOUT_MS);
  const agent = new Agent({ connect, connections: 4, pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const base = new URL(config.url);
  const root = base.pathname.replace(/\/$/, '');

  async function send(
    url: URL,
    method: 'GET' | 'POST',
    headers: Record<string, string>,
    body: Buffer | string | null,
    signal: AbortSignal,
  ) {
    const response = await agent.request({ origin: url.origin, path: url.pathname + url.search, method, headers, body, signal });
    const header = response.headers['retry-after'];
    return {
      status: response.statusCode,
      retryAfter: Array.isArray(header) ? header[0] : header,
      body: (await readUpTo(MAX_ANSWER_BYTES, response.body))?.toString('utf8') ?? null,
    };
  }

  const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const tokens =
    auth.type === 'token'
      ? staticToken(secret)
      : grantedTokens(
          { url: auth.tokenUrl, clientId: auth.clientId, clientSecret: secret, scope: auth.scope },
          (url, text, authorization, signal) => send(new URL(url), 'POST', { ...form, authorization }, text, signal),
        );

  return {
    async call(method, path, flowId, body, signal) {
      const url = new URL(base);
      url.pathname = root + path;
      url.search = '';
      for (let mayRenew = true; ; mayRenew = false) {
        const token = await tokens.current(signal);
        const headers = {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'x-flow-id': flowId,
          'user-agent': 'spillway',
          ...(body ? { 'content-type': 'application/json' } : {}),
        };
        const answer = await send(url, method, headers, body, signal);
        // A token can end before its time: once, another one is asked for.
        if (answer.status !== 401 || !mayRenew || !tokens.refused(token)) return answer;
      }
    },
    close: () => agent.destroy(),
  };
}
