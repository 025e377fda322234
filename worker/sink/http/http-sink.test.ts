import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Resolve } from '@/worker/network/address-policy';
import { HttpPeer } from '@/worker/testing/peers/http-peer';
import { noAbort, type SinkTraits, sinkConformance, testEvent } from '../conformance';
import type { Sink, SinkContext } from '../sink';
import { createHttpSink } from './http-sink';

const SECRET = `whsec_${Buffer.from('a signing secret of thirty-two by').toString('base64')}`;
const CONTEXT: SinkContext = { streamId: 's1', streamName: 'orders-live', epoch: 7, catalogUrl: '' };
const MAX_BODY = 2_000_000;

interface Item {
  id: string;
  key: unknown;
  value: unknown;
}
interface Received {
  headers: IncomingMessage['headers'];
  path: string | undefined;
  body: string;
}
type Answer = (request: Received, items: Item[], response: ServerResponse) => void;

const accept: Answer = (_, items, response) => {
  receiver.items.push(...items);
  response.writeHead(204).end();
};

/** A real receiver: verifies nothing by itself, keeps what came, answers as the test says. */
class Receiver extends HttpPeer {
  readonly received: Received[] = [];
  readonly items: Item[] = [];
  answer: Answer = accept;
  /** Requests signed with another secret are answered 401; null = signatures are not looked at. */
  signedWith: string | null = null;

  protected override async handle(request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> {
    const body = raw.toString();
    const received = { headers: request.headers, path: request.url, body };
    if (this.signedWith !== null && !isSigned(received, this.signedWith)) return void response.writeHead(401).end();
    this.received.push(received);
    if (body.length > MAX_BODY) return void response.writeHead(413).end();
    this.answer(received, JSON.parse(body) as Item[], response);
  }
}

function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  return headers['webhook-signature'] === `v1,${signed}`;
}

const receiver = new Receiver();
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, _items, response) =>
    response.writeHead(code, headers).end(body);

function sink(options: { url?: string; private?: boolean; resolve?: Resolve; secret?: string | null; timeoutMs?: number } = {}): Sink {
  return createHttpSink(
    { type: 'Http', target: 'receiver', path: '/hook', maxBatchSize: 100 },
    {
      type: 'Http',
      url: options.url ?? `http://127.0.0.1:${receiver.port}/base/?tenant=1`,
      allowPrivateNetwork: options.private ?? true,
      timeoutMs: options.timeoutMs ?? 5_000,
    },
    options.secret === undefined ? SECRET : options.secret,
    CONTEXT,
    options.resolve,
  );
}

const opened: Sink[] = [];
const live = (...args: Parameters<typeof sink>): Sink => {
  const made = sink(...args);
  opened.push(made);
  return made;
};

beforeAll(() => receiver.up());
afterAll(() => receiver.down());
afterEach(async () => {
  receiver.answer = accept;
  await Promise.all(opened.splice(0).map((made) => made.close()));
});

describe('the HTTP sink conforms', () => {
  let current = SECRET;
  afterAll(() => {
    receiver.signedWith = null;
  });
  const traits: SinkTraits = {
    removesRepeats: false,
    tooLargeBytes: MAX_BODY,
    async refuse(refused) {
      receiver.answer = (_request, items, response) => {
        receiver.items.push(...items.filter(({ id }) => id !== refused));
        response.writeHead(207).end(JSON.stringify(items.map(({ id }) => ({ id, status: id === refused ? 422 : 200 }))));
      };
      return {
        restore: async () => {
          receiver.answer = accept;
        },
      };
    },
    async rotate() {
      current = `whsec_${Buffer.from('another signing secret of 32 byt').toString('base64')}`;
      receiver.signedWith = current;
    },
  };
  const peer = {
    of: 'Http',
    kind: 'ours' as const,
    name: 'a receiver on the HTTP server of Node.js',
    why: 'a receiver is what each team writes',
  };
  sinkConformance(peer, traits, () => ({
    sink: () => sink({ secret: current }),
    arrived: async () =>
      receiver.items.map(({ id, key, value }) => ({
        id,
        key: key === null ? null : JSON.stringify(key),
        payload: rawValue(id) ?? JSON.stringify(value),
      })),
    peerDown: () => receiver.down(),
    peerUp: () => receiver.up(),
    hang: async () => {
      const held: ServerResponse[] = [];
      receiver.answer = (_request, _items, response) => void held.push(response);
      return {
        release: async () => {
          receiver.answer = accept;
          for (const response of held) response.destroy();
        },
      };
    },
  }));
});

/** The bytes of an item's value as they stood in the request. */
function rawValue(id: string): string | undefined {
  for (const { body } of receiver.received) {
    const start = body.indexOf(`{"id":${JSON.stringify(id)},`);
    if (start < 0) continue;
    const from = body.indexOf('"value":', start) + '"value":'.length;
    const next = body.indexOf('},{"id":', from);
    return next < 0 ? body.slice(from, -2) : body.slice(from, next);
  }
  return undefined;
}

describe('the request', () => {
  it('carries a Standard Webhooks signature that verifies independently, and says which stream sends', async () => {
    const event = testEvent();
    const before = Math.floor(Date.now() / 1000);
    await live().write([event], noAbort());
    const last = receiver.received.at(-1);
    expect(last?.path).toBe('/base/hook?tenant=1');
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = last?.headers ?? {};
    expect(id).toBe(event.id);
    expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(timestamp)).toBeLessThanOrEqual(Date.now() / 1000);
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${last?.body}`).digest('base64');
    expect(signature).toBe(`v1,${expected}`);
    expect(last?.headers).toMatchObject({
      'x-spillway-stream': 'orders-live',
      'x-spillway-epoch': '7',
      'content-type': 'application/json',
    });
    expect(JSON.parse(last?.body ?? '')).toEqual([
      { id: event.id, key: JSON.parse(event.key ?? ''), value: JSON.parse(String(event.payload)) },
    ]);
  });

  it('signs with each of two secrets while a receiver changes over, and with none when there is none', async () => {
    await live({ secret: `${SECRET} whsec_bmV3IHNlY3JldA==` }).write([testEvent()], noAbort());
    expect(String(receiver.received.at(-1)?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await live({ secret: null }).write([testEvent()], noAbort());
    expect(receiver.received.at(-1)?.headers['webhook-signature']).toBeUndefined();
  });

  it('keeps the id of a batch over retries and never sends a tombstone', async () => {
    const made = live();
    const batch = [testEvent(), testEvent({ payload: null }), testEvent()];
    expect(await made.write(batch, noAbort())).toHaveLength(3);
    const first = receiver.received.at(-1);
    await made.write(batch, noAbort());
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(JSON.parse(first?.body ?? '')).toHaveLength(2);
    const before = receiver.received.length;
    expect(await made.write([testEvent({ payload: null })], noAbort())).toEqual([{ ok: true }]);
    expect(receiver.received).toHaveLength(before);
  });

  it('refuses a secret that is none, and a URL with credentials', () => {
    expect(() => sink({ secret: 'hunter2' })).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
    expect(() => sink({ url: 'http://user:pw@example.com/' })).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
  });
});

describe('the answer', () => {
  const one = async (answer: Answer, size = 1, options = {}) => {
    receiver.answer = answer;
    const outcomes = await live(options).write(
      Array.from({ length: size }, () => testEvent()),
      noAbort(),
    );
    return outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error));
  };

  it.each([
    [200, 'ok'],
    [400, { errorClass: 'contract', status: 400 }],
    [404, { errorClass: 'contract' }],
    [410, { errorClass: 'contract' }],
    [422, { errorClass: 'contract' }],
    [413, { errorClass: 'oversize' }],
    [401, { errorClass: 'auth' }],
    [403, { errorClass: 'auth' }],
    [408, { errorClass: 'transient' }],
    [425, { errorClass: 'transient' }],
    [429, { errorClass: 'throttled' }],
    [500, { errorClass: 'transient' }],
    [503, { errorClass: 'transient' }],
  ])('%i of a single event is its own class', async (code, expected) => {
    const [outcome] = await one(status(code));
    expect(outcome).toEqual(expected === 'ok' ? 'ok' : expect.objectContaining(expected));
    expect(outcome).not.toHaveProperty('wholeBatch');
  });

  it.each([400, 413, 422])('%i of a batch says that it cannot tell which', async (code) => {
    expect(await one(status(code), 3)).toEqual(Array(3).fill(expect.objectContaining({ wholeBatch: true })));
  });

  it('waits as long as Retry-After says, in seconds or as a date, at most five minutes', async () => {
    expect(await one(status(429, { 'retry-after': '17' }))).toMatchObject([{ errorClass: 'throttled', retryAfterMs: 17_000 }]);
    expect(await one(status(503, { 'retry-after': '9999' }))).toMatchObject([{ errorClass: 'throttled', retryAfterMs: 300_000 }]);
    const date = new Date(Date.now() + 60_000).toUTCString();
    const [dated] = await one(status(429, { 'retry-after': date }));
    expect(dated).toMatchObject({ errorClass: 'throttled', retryAfterMs: expect.any(Number) });
    const waited = (dated as { retryAfterMs: number }).retryAfterMs;
    expect(waited).toBeLessThanOrEqual(60_000);
    expect(waited).toBeGreaterThanOrEqual(Date.parse(date) - Date.now());
    expect(await one(status(429, { 'retry-after': 'soon' }))).toEqual([expect.not.objectContaining({ retryAfterMs: expect.anything() })]);
  });

  it('takes 207 event by event; what is not named is not delivered', async () => {
    const answer: Answer = (_request, items, response) =>
      response
        .writeHead(207, { 'content-type': 'application/json', 'retry-after': '3' })
        .end(JSON.stringify(items.slice(0, 3).map(({ id }, index) => ({ id, status: [200, 422, 429][index] }))));
    expect(await one(answer, 4)).toEqual([
      'ok',
      expect.objectContaining({ errorClass: 'contract', status: 422 }),
      expect.objectContaining({ errorClass: 'throttled', retryAfterMs: 3_000 }),
      expect.objectContaining({ errorClass: 'transient' }),
    ]);
  });

  it.each([
    ['no JSON', 'gone'],
    ['another shape', '{"ok":true}'],
    ['longer than 64 KiB', JSON.stringify([{ id: 'x'.repeat(70_000), status: 200 }])],
  ])('does not take a 207 that is %s for a delivery', async (_, body) => {
    expect(await one(status(207, {}, body), 2)).toEqual(
      Array(2).fill(expect.objectContaining({ errorClass: 'contract', wholeBatch: true })),
    );
  });

  it('does not follow a redirect', async () => {
    const before = receiver.received.length;
    expect(await one(status(302, { location: `http://127.0.0.1:${receiver.port}/elsewhere` }))).toMatchObject([
      { errorClass: 'contract', status: 302 },
    ]);
    expect(receiver.received.length).toBe(before + 1);
  });

  it('gives up on an answer that does not come, and keeps a huge one out of memory', async () => {
    const silent: Answer = () => undefined;
    expect(await one(silent, 1, { timeoutMs: 200 })).toMatchObject([
      { errorClass: 'transient', message: expect.stringContaining('200 ms') },
    ]);
    const endless: Answer = (_request, _items, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const heap = process.memoryUsage().arrayBuffers;
    expect(await one(endless, 1, { timeoutMs: 30_000 })).toEqual(['ok']);
    expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(64 * 1024 * 1024);
  });

  it('names no row data and no secret in an error', async () => {
    receiver.answer = (request, _items, response) => response.writeHead(422).end(request.body);
    const outcomes = await live().write([testEvent({ payload: Buffer.from('{"email":"canary@example.com"}') })], noAbort());
    expect(JSON.stringify(outcomes)).not.toMatch(/canary|whsec/);
  });
});

describe('addresses', () => {
  const refusedWrite = async (made: Sink) => {
    const before = receiver.connections;
    const outcomes = await made.write([testEvent()], noAbort());
    expect(receiver.connections).toBe(before);
    return outcomes;
  };

  it.each([
    '127.0.0.1',
    '[::1]',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[::]',
    '0.0.0.0',
    '169.254.169.254',
    '10.1.2.3',
    '100.64.0.1',
    '[fd00:ec2::254]',
    'localhost',
  ])('does not connect to %s', async (host) => {
    const made = live({ url: `http://${host}:${receiver.port}/`, private: false });
    await expect(made.open(noAbort())).rejects.toMatchObject({ kind: 'sink_misconfigured' });
    expect(await refusedWrite(made)).toMatchObject([{ ok: false, error: { errorClass: 'auth' } }]);
    const steps = await made.check(noAbort());
    expect(steps[0]).toMatchObject({ name: 'Address', status: 'failed' });
  });

  it('refuses link-local, where clouds keep credentials, even when private addresses are allowed', async () => {
    await expect(live({ url: 'http://169.254.169.254/', private: true }).open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
    });
  });

  it('refuses a name with one public and one private address', async () => {
    const resolve: Resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    await expect(live({ url: `http://mixed.example:${receiver.port}/`, private: false, resolve }).open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
    });
  });

  it('connects to the address it checked: a name that changes to loopback in between is refused', async () => {
    let asked = 0;
    const resolve: Resolve = async () => [{ address: asked++ === 0 ? '2a00::1' : '127.0.0.1', family: asked === 1 ? 6 : 4 }];
    const rebinding = live({ url: `http://rebind.example:${receiver.port}/`, private: false, resolve, timeoutMs: 2_000 });
    await rebinding.write([testEvent()], noAbort());
    expect(await refusedWrite(rebinding)).toMatchObject([
      { ok: false, error: { errorClass: 'auth', message: expect.stringContaining('127.0.0.1') } },
    ]);
  });

  it('asks the name once for a connection, and keeps it in the Host header', async () => {
    let asked = 0;
    const resolve: Resolve = async () => {
      asked++;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const made = live({ url: `http://receiver.example:${receiver.port}/`, resolve });
    expect(await made.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    expect(asked).toBe(1);
    expect(receiver.received.at(-1)?.headers.host).toBe(`receiver.example:${receiver.port}`);
  });
});
