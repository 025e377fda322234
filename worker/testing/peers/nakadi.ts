import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpPeer } from './http-peer';
import { type Broken, PARTITIONS, type PeerEventType, partitionOf, ruleBroken } from './nakadi-rules';

export interface Published {
  readonly partition: number;
  readonly text: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly flowId: string | undefined;
}
interface Item {
  readonly publishing_status: 'submitted' | 'failed' | 'aborted';
  readonly step: string;
  readonly detail?: string;
}

/**
 * A Nakadi of OUR OWN, not Zalando's: that one needs Kafka, ZooKeeper and Postgres and is in no registry. Written from its API
 * definition and from what its publishing controller does (200, 207, 422), so it proves that the sink keeps to what we read there, not that
 * a real Nakadi takes it. Its own rules have a test of their own (nakadi.test.ts).
 */
export class NakadiPeer extends HttpPeer {
  readonly eventTypes = new Map<string, PeerEventType>();
  readonly published: Published[] = [];
  /** Partitions whose publishing fails, as when their broker is away. */
  readonly failPartitions = new Set<number>();
  /** Every call to events is answered with this. */
  error: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } | null = null;
  /** Calls to events wait here before they go on. */
  gate: Promise<void> = Promise.resolve();
  /** Client credentials that the token server knows, and the life of its tokens, s. */
  client = { id: 'spillway', secret: 'client-secret', expiresIn: 3_600 };
  /** Bearer tokens that are accepted. */
  readonly tokens = new Set<string>(['static-token']);
  grants = 0;
  requests = 0;

  protected async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    if (request.method === 'POST' && request.url === '/token') return this.grant(request, body.toString(), response);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token || !this.tokens.has(token)) return problem(response, 401, 'Unauthorized');
    const [, name = '', tail] = /^\/event-types\/([^/]+)(\/events)?$/.exec(request.url ?? '') ?? [];
    const type = this.eventTypes.get(name);
    if (request.method === 'GET' && !tail) return type ? json(response, 200, { name, ...type }) : problem(response, 404, 'Not Found');
    if (request.method !== 'POST' || !tail) return problem(response, 405, 'Method Not Allowed');
    await this.gate;
    this.requests++;
    if (this.error) {
      response.writeHead(this.error.status, { 'content-type': 'application/problem+json', ...this.error.headers }).end(this.error.body);
      return;
    }
    if (!type) return problem(response, 404, 'Not Found');
    if (request.headers['content-type'] !== 'application/json') return problem(response, 415, 'Unsupported Media Type');
    this.publish(name, type, body.toString(), request, response);
  }

  private grant(request: IncomingMessage, body: string, response: ServerResponse): void {
    const basic = Buffer.from(`${this.client.id}:${this.client.secret}`).toString('base64');
    const asked = new URLSearchParams(body).get('grant_type') === 'client_credentials';
    if (!asked || request.headers.authorization !== `Basic ${basic}`) {
      json(response, 401, { error: 'invalid_client' });
      return;
    }
    const access_token = `granted-${++this.grants}`;
    this.tokens.add(access_token);
    json(response, 200, { access_token, token_type: 'Bearer', expires_in: this.client.expiresIn });
  }

  private publish(name: string, type: PeerEventType, body: string, request: IncomingMessage, response: ServerResponse): void {
    const texts = elementsOf(body);
    if (texts === null) {
      problem(response, 400, 'Bad Request');
      return;
    }
    const events = texts.map((text) => JSON.parse(text) as Published['event']);
    const found = events.map((event, index) => ruleBroken(event, Buffer.byteLength(texts[index] ?? ''), name, type));
    if (found.some((each) => each !== null)) {
      json(response, 422, found.map(abortedOr));
      return;
    }
    const items = events.map((event, index): Item => {
      const partition = partitionOf(event, type);
      if (this.failPartitions.has(partition)) return { publishing_status: 'failed', step: 'publishing', detail: 'timed out' };
      this.published.push({ partition, event, text: texts[index] ?? '', flowId: request.headers['x-flow-id'] as string | undefined });
      return { publishing_status: 'submitted', step: 'publishing' };
    });
    if (items.every((item) => item.publishing_status === 'submitted')) response.writeHead(200).end();
    else json(response, 207, items);
  }

  /** Lets publishing fail on all partitions, or on none. */
  failAll(on: boolean): void {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      if (on) this.failPartitions.add(partition);
      else this.failPartitions.delete(partition);
    }
  }
}

/** Nakadi stops at the first event that breaks a rule: that one failed, all others are aborted (EventPublisher). */
function abortedOr(found: Broken | null, index: number, all: readonly (Broken | null)[]): Item {
  const first = all.findIndex((each) => each !== null);
  if (found === null || index !== first) return { publishing_status: 'aborted', step: 'none' };
  return { publishing_status: 'failed', step: found.step, detail: found.detail };
}

/** The texts of a JSON array's elements, which are objects; null when the body is none. */
function elementsOf(body: string): string[] | null {
  try {
    if (!Array.isArray(JSON.parse(body))) return null;
  } catch {
    return null;
  }
  const texts: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const character = body[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      if (++depth === 2) start = at;
    } else if ((character === '}' || character === ']') && depth-- === 2) texts.push(body.slice(start, at + 1));
  }
  return texts;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ title, status }));
}
