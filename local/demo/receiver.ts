import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { Arrivals } from './arrivals';
import { receiverPage } from './receiver-page';
import { judge, RECEIVER_MODES, type ReceivedItem, type ReceiverMode, signatureIsValid } from './receiver-rules';
import { placeOrder } from './shop-traffic';

/** The demo's HTTP receiver: takes signed batches at POST /events, shows what arrived at /, and can be made slow, failing or refusing. */
const port = Number(new URL(process.env.SPILLWAY_DEMO_RECEIVER_URL ?? 'http://127.0.0.1:0').port);
const secret = process.env.SPILLWAY_DEMO_RECEIVER_SECRET ?? '';
const shopUrl = process.env.SPILLWAY_DEMO_SHOP_URL;
const MAX_BODY = 16 * 1024 * 1024;

const arrivals = new Arrivals();
let mode: ReceiverMode = 'accepting';
let knowsXk = false;

async function shop<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: shopUrl, application_name: 'demo-receiver' });
  await client.connect();
  try {
    await client.query('set role shop_owner');
    return await work(client);
  } finally {
    await client.end();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new Error('body too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  if (mode === 'failing') {
    arrivals.turnedAway++;
    return answer(response, 503, { error: 'the receiver was told to fail' });
  }
  if (!signatureIsValid(request.headers, body, secret, Date.now() / 1000)) {
    arrivals.badSignatures++;
    const age = Date.now() / 1000 - Number(request.headers['webhook-timestamp']);
    console.error(
      `receiver: refused the signature of ${request.headers['webhook-id']} from ${request.headers['x-spillway-stream']} epoch ${request.headers['x-spillway-epoch']}, ${body.length} characters, ${age.toFixed(1)} s old`,
    );
    return answer(response, 401, { error: 'the signature does not fit the body' });
  }
  if (mode === 'slow') await wait(1500);
  const items = JSON.parse(body) as ReceivedItem[];
  const now = new Date();
  const verdicts = items.map((item) => ({ id: item.id, ...judge(item, knowsXk) }));
  for (const [index, item] of items.entries()) arrivals.add(item, verdicts[index]?.status ?? 200, now);
  answer(response, verdicts.some((verdict) => verdict.status >= 300) ? 207 : 200, verdicts);
}

async function control(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Only this page's own scripts may turn the switches: a form of another site cannot send JSON.
  if (request.headers['content-type'] !== 'application/json') return answer(response, 415, { error: 'send application/json' });
  const input = JSON.parse((await bodyOf(request)) || '{}') as { mode?: string; knowsXk?: boolean; rate?: number; shipTo?: string };
  if (path === '/api/behaviour') {
    if (input.mode !== undefined) {
      const wanted = RECEIVER_MODES.find((known) => known === input.mode);
      if (!wanted) return answer(response, 422, { error: `mode: "${input.mode}" is unknown; use ${RECEIVER_MODES.join(', ')}` });
      mode = wanted;
    }
    if (typeof input.knowsXk === 'boolean') knowsXk = input.knowsXk;
    return answer(response, 200, { mode, knowsXk });
  }
  if (path === '/api/rate') {
    const rate = Number(input.rate);
    if (!(rate >= 0 && rate <= 2000))
      return answer(response, 422, { error: `rate: ${input.rate} is not between 0 and 2000 transactions a second` });
    await shop((client) => client.query('update demo_setting set transactions_per_second = $1', [rate]));
    return answer(response, 200, { rate });
  }
  if (path === '/api/order') {
    const id = await shop(async (client) => {
      await client.query('begin');
      const placed = await placeOrder(client, Math.random, input.shipTo === 'XK' ? 'XK' : 'DE');
      await client.query('commit');
      return placed;
    });
    return answer(response, 200, { id });
  }
  answer(response, 404, { error: 'not here' });
}

async function state(response: ServerResponse): Promise<void> {
  const rate = await shop(
    async (client) => (await client.query<{ rate: number }>('select transactions_per_second as rate from demo_setting')).rows[0]?.rate,
  ).catch(() => null);
  const { accepted, refused, duplicates, turnedAway, badSignatures, unique } = arrivals;
  answer(response, 200, {
    mode,
    knowsXk,
    rate,
    accepted,
    refused,
    duplicates,
    turnedAway,
    badSignatures,
    unique,
    latest: arrivals.latest(60),
  });
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://receiver');
  const route =
    request.method === 'POST' && pathname === '/events'
      ? receive(request, response)
      : request.method === 'POST'
        ? control(pathname, request, response)
        : pathname === '/api/state'
          ? state(response)
          : pathname === '/api/ledger'
            ? Promise.resolve(answer(response, 200, arrivals.ledger()))
            : pathname === '/'
              ? Promise.resolve(void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(receiverPage()))
              : Promise.resolve(answer(response, 404, { error: 'not here' }));
  route.catch((error: unknown) => {
    if (!response.headersSent) answer(response, 500, { error: error instanceof Error ? error.message : String(error) });
  });
});
server.listen(port, '127.0.0.1', () => console.log(`receiver: listening on port ${(server.address() as { port: number }).port}`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
