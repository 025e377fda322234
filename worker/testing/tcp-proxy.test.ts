import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TcpProxy } from './tcp-proxy';

let server: Server;
let proxy: TcpProxy;
const accepted: Socket[] = [];
const clients: Client[] = [];

/** A client of the echo behind the proxy that notes what comes back. */
class Client {
  readonly chunks: Buffer[] = [];
  ended = false;
  error: string | null = null;
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? 'unknown';
    });
  }
  static async open(): Promise<Client> {
    const client = new Client(connect(proxy.port, '127.0.0.1'));
    clients.push(client);
    await new Promise<void>((resolve) => client.socket.once('connect', resolve).once('close', () => resolve()));
    return client;
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
  async until(check: (client: Client) => boolean): Promise<void> {
    const from = performance.now();
    while (!check(this)) {
      if (performance.now() - from > 60_000) throw new Error(`not so in a minute; came: ${this.text.length} bytes, error ${this.error}`);
      await sleep(2);
    }
  }
  /** ms from before `send` until it is so; the time is the least that the proxy can have taken, however busy the machine. */
  async timed(send: () => void, check: (client: Client) => boolean): Promise<number> {
    const from = performance.now();
    send();
    await this.until(check);
    return performance.now() - from;
  }
}

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.start({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, 7);
});
afterEach(async () => {
  await proxy.stop();
  for (const { socket } of clients.splice(0)) socket.destroy();
  for (const socket of accepted.splice(0)) socket.destroy();
  server.close();
});

test('passes everything on in order, and the end of a connection', async () => {
  const client = await Client.open();
  const sent = Array.from({ length: 200_000 }, (_, index) => String(index)).join(',');
  client.socket.end(sent);
  await client.until(({ ended }) => ended);
  expect(client.text === sent).toBe(true);
  await client.until(() => proxy.connections === 0);
});

test('latency delays each chunk and does not add up over chunks', async () => {
  const client = await Client.open();
  client.socket.setNoDelay(true);
  const remove = await proxy.add({ type: 'latency', latencyMs: 500, jitterMs: 10, direction: 'upstream' });
  const sent = 'abcdefghijklmnopqrstuvwxyz';
  const delayed = await client.timed(
    async () => {
      for (const letter of sent) {
        client.socket.write(letter);
        await sleep(5);
      }
    },
    ({ text }) => text === sent,
  );
  expect(delayed).toBeGreaterThan(480);
  expect(delayed, 'added up it would be 13 s').toBeLessThan(10_000);
  await remove();
  const fresh: number[] = [];
  for (let n = 1; n <= 5; n++)
    fresh.push(
      await client.timed(
        () => client.socket.write('x'),
        ({ text }) => text === sent + 'x'.repeat(n),
      ),
    );
  expect(Math.min(...fresh)).toBeLessThan(400);
});

test('bandwidth lets so many bytes pass a second', async () => {
  const client = await Client.open();
  await proxy.add({ type: 'bandwidth', bytesPerSecond: 100_000, direction: 'downstream' });
  const took = await client.timed(
    () => client.socket.write(Buffer.alloc(40_000, 'x')),
    ({ text }) => text.length === 40_000,
  );
  expect(took).toBeGreaterThan(250);
});

test('slicer passes the same bytes in pieces', async () => {
  const client = await Client.open();
  await proxy.add({ type: 'slicer', averageBytes: 10, variation: 5, delayMs: 1 });
  client.socket.write('0123456789'.repeat(20));
  await client.until(({ text }) => text === '0123456789'.repeat(20));
  expect(client.chunks.length).toBeGreaterThan(8);
});

test('slow_close passes the end on late', async () => {
  const client = await Client.open();
  await proxy.add({ type: 'slow_close', delayMs: 60 });
  const took = await client.timed(
    () => client.socket.end('x'),
    ({ ended }) => ended,
  );
  expect(took).toBeGreaterThanOrEqual(115);
});

test('timeout swallows both directions and a FIN; taken away, the connection is reset', async () => {
  const client = await Client.open();
  client.socket.write('a');
  await client.until(({ text }) => text === 'a');
  const remove = await proxy.add({ type: 'timeout', timeoutMs: 0 });
  client.socket.end('b');
  await sleep(60);
  expect(accepted[0]?.readableEnded).toBe(false);
  expect(client.ended || client.error !== null).toBe(false);
  await remove();
  await client.until(({ error, ended }) => error === 'ECONNRESET' || ended);
  expect(client.text).toBe('a');
});

test('timeout with a time closes after it', async () => {
  const client = await Client.open();
  await proxy.add({ type: 'timeout', timeoutMs: 50 });
  await client.until(({ error }) => error === 'ECONNRESET');
});

test('reset_peer resets both sides, also connections made later', async () => {
  const first = await Client.open();
  await proxy.add({ type: 'reset_peer', afterMs: 10 });
  await first.until(({ error }) => error === 'ECONNRESET');
  const second = await Client.open();
  await second.until(({ error }) => error === 'ECONNRESET');
});

test('limit_data closes after so many bytes', async () => {
  const client = await Client.open();
  await proxy.add({ type: 'limit_data', bytes: 5, direction: 'upstream' });
  client.socket.write('0123456789');
  await client.until(({ error }) => error === 'ECONNRESET');
  expect(client.text.length).toBeLessThanOrEqual(5);
});

test('down refuses, and the same port serves again afterwards', async () => {
  const before = await Client.open();
  const remove = await proxy.add({ type: 'down' });
  await before.until(({ error }) => error === 'ECONNRESET');
  const refused = await Client.open();
  await refused.until(({ error }) => error === 'ECONNREFUSED');
  await remove();
  const after = await Client.open();
  after.socket.write('x');
  await after.until(({ text }) => text === 'x');
});

test('blackhole_one_way swallows one direction only, and leaves no connection with a hole', async () => {
  const client = await Client.open();
  client.socket.write('a');
  await client.until(({ text }) => text === 'a');
  const remove = await proxy.add({ type: 'blackhole_one_way', direction: 'upstream' });
  client.socket.write('lost');
  accepted[0]?.write('still comes');
  await client.until(({ text }) => text === 'astill comes');
  await remove();
  await client.until(({ error }) => error === 'ECONNRESET');
});
