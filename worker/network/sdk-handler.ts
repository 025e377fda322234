import { Agent } from 'undici';
import { type AllowedRanges, type Resolve, systemResolve } from './address-policy';
import { guardedConnector } from './guarded-connector';
import { readUpTo } from './read-up-to';

/** What the SDK hands over for one call; as much of @smithy’s HttpRequest as SQS and Lambda use. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Of an answer, unless more is asked for. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** The answer was not read to its end. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
}

/** What the SDK takes as its way out. */
export type SdkHandler = ReturnType<typeof guardedHandler>;

/**
 * The SDK's sockets: the same connector as for HTTP sinks, so that every address is checked and the checked one connected to.
 * Redirects and environment proxies are not followed, and an answer has `maxAnswerBytes` at most.
 */
export function guardedHandler(allowed: AllowedRanges, resolve: Resolve = systemResolve, maxAnswerBytes = MAX_ANSWER_BYTES) {
  const agent = new Agent({ connect: guardedConnector(allowed, resolve, CONNECT_TIMEOUT_MS), connections: 4, pipelining: 1 });
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, { abortSignal }: { abortSignal?: unknown } = {}) {
      const { protocol, hostname, port, method, path, headers } = request;
      const response = await agent.request({
        origin: `${protocol}//${hostname}${port ? `:${port}` : ''}`,
        method: method === 'GET' ? 'GET' : 'POST',
        path: withQuery(path, request.query),
        headers,
        body: bodyOf(request.body),
        ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
      });
      const body = await capped(response.body, maxAnswerBytes);
      return { response: { statusCode: response.statusCode, headers: flat(response.headers), body } };
    },
    destroy: () => void agent.destroy(),
  };
}

/** SQS and Lambda themselves take few; the identity services that the default credential chain asks do. */
function withQuery(path: string, query: SdkRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => [name, value ?? ''].map(encodeURIComponent).join('=')),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function bodyOf(body: unknown): string | Uint8Array | null {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body ?? null;
  throw new TypeError('a request has a text body');
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

async function capped(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Uint8Array> {
  const read = await readUpTo(maxBytes, body);
  if (read === null) throw new AnswerTooLong(`the answer is longer than ${maxBytes} bytes`);
  return read;
}
