import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from './oracle';

export type Direction = 'upstream' | 'downstream';

/** What can be done to a connection, named and meant as Shopify's toxiproxy does; `blackhole_one_way` is ours. */
export type Toxic =
  /** Every chunk arrives so much later; chunks under way do not wait for each other. */
  | { readonly type: 'latency'; readonly latencyMs: number; readonly jitterMs?: number; readonly direction?: Direction }
  | { readonly type: 'bandwidth'; readonly bytesPerSecond: number; readonly direction?: Direction }
  /** The end of a connection is passed on so much later. */
  | { readonly type: 'slow_close'; readonly delayMs: number }
  /** Nothing passes, in neither direction and no FIN either; after `timeoutMs` the connections are closed, 0 = when the toxic is removed. */
  | { readonly type: 'timeout'; readonly timeoutMs: number }
  /** RST to both sides after so long; connections made meanwhile get the same. */
  | { readonly type: 'reset_peer'; readonly afterMs: number }
  /** Writes of few bytes each. */
  | { readonly type: 'slicer'; readonly averageBytes: number; readonly variation?: number; readonly delayMs?: number }
  /** The connection is closed once so many bytes passed in one direction. */
  | { readonly type: 'limit_data'; readonly bytes: number; readonly direction?: Direction }
  /** Connections are refused, those that exist are reset. */
  | { readonly type: 'down' }
  /** Bytes of one direction vanish; the other is well. Such a connection is reset when the toxic is removed: it would go on with a hole. */
  | { readonly type: 'blackhole_one_way'; readonly direction: Direction };

type ToxicOf<T extends Toxic['type']> = Extract<Toxic, { type: T }>;

/** Unread bytes of a connection above which its sender is no longer read. */
const HELD_BYTES = 256 * 1024;

/** A loopback proxy in front of `target`, whose connections a test makes sick. The same seed gives the same jitter and slices. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly toxics = new Set<Toxic>();
  private readonly server: Server;
  readonly random: () => number;
  private port_ = 0;

  private constructor(
    readonly target: { readonly host: string; readonly port: number },
    seed: number,
  ) {
    this.random = randomOf(seed);
    this.server = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  }

  static async start(target: { readonly host: string; readonly port: number }, seed: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, seed);
    await proxy.listen(0);
    return proxy;
  }
  get port(): number {
    return this.port_;
  }
  get connections(): number {
    return this.links.size;
  }
  /** The same URL with this proxy's address. */
  urlThrough(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port_);
    return through.toString();
  }

  /** Puts a toxic on every connection, those that come too. Gives what takes it away again. */
  async add(toxic: Toxic): Promise<() => Promise<void>> {
    this.toxics.add(toxic);
    if (toxic.type === 'down') {
      const closed = new Promise((resolve) => this.server.close(resolve));
      this.resetAll();
      await closed;
    }
    for (const link of this.links) link.infect(toxic);
    return () => this.remove(toxic);
  }
  private async remove(toxic: Toxic): Promise<void> {
    if (!this.toxics.delete(toxic)) return;
    if (toxic.type === 'timeout' || toxic.type === 'blackhole_one_way') for (const link of this.links) if (link.lossy) link.reset();
    if (toxic.type === 'down') await this.listen(this.port_);
  }
  resetAll(): void {
    for (const link of this.links) link.reset();
  }
  async stop(): Promise<void> {
    this.toxics.clear();
    this.resetAll();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  active<T extends Toxic['type']>(type: T, direction?: Direction): ToxicOf<T> | undefined {
    for (const toxic of this.toxics) {
      if (toxic.type !== type) continue;
      if (!direction || !('direction' in toxic) || !toxic.direction || toxic.direction === direction) return toxic as ToxicOf<T>;
    }
    return undefined;
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        const address = this.server.address();
        if (address && typeof address === 'object') this.port_ = address.port;
        resolve();
      });
    });
  }
  private accept(client: Socket): void {
    const link = new Link(this, client, dial({ ...this.target, allowHalfOpen: true }), () => this.links.delete(link));
    this.links.add(link);
    for (const toxic of this.toxics) link.infect(toxic);
  }
}

/** One connection through the proxy: its two halves. */
class Link {
  /** Bytes vanished: it can never be whole again. */
  lossy = false;
  private open = 2;

  constructor(
    private readonly proxy: TcpProxy,
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly gone: () => void,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.fault());
    }
    this.carry('upstream', client, server);
    this.carry('downstream', server, client);
  }

  infect(toxic: Toxic): void {
    if (toxic.type === 'reset_peer') void sleep(toxic.afterMs).then(() => this.reset());
    if (toxic.type === 'timeout') {
      this.lossy = true;
      if (toxic.timeoutMs > 0) void sleep(toxic.timeoutMs).then(() => this.reset());
    }
  }
  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
    this.gone();
  }
  /** A side is gone. In a partition the other one does not hear of it. */
  private fault(): void {
    if (this.proxy.active('timeout')) this.lossy = true;
    else this.reset();
  }

  private carry(direction: Direction, from: Socket, to: Socket): void {
    const held: { chunk: Buffer | null; at: number }[] = [];
    let bytes = 0;
    let passed = 0;
    let busy = false;
    const pass = async () => {
      if (busy) return;
      busy = true;
      for (let next = held.shift(); next; next = held.shift()) {
        if (next.chunk === null) await this.end(to);
        else {
          await this.send(direction, next.chunk, next.at, to, passed);
          passed += next.chunk.length;
          bytes -= next.chunk.length;
          if (bytes < HELD_BYTES) from.resume();
        }
      }
      busy = false;
    };
    from.on('data', (chunk: Buffer) => {
      held.push({ chunk, at: Date.now() });
      bytes += chunk.length;
      if (bytes >= HELD_BYTES) from.pause();
      void pass();
    });
    from.on('end', () => {
      held.push({ chunk: null, at: Date.now() });
      void pass();
    });
  }

  private async end(to: Socket): Promise<void> {
    const slow = this.proxy.active('slow_close');
    if (slow) await sleep(slow.delayMs);
    if (this.proxy.active('timeout')) {
      this.lossy = true;
      return;
    }
    to.end();
    if (--this.open === 0) this.gone();
  }

  private async send(direction: Direction, chunk: Buffer, at: number, to: Socket, passed: number): Promise<void> {
    const { proxy } = this;
    const latency = proxy.active('latency', direction);
    if (latency) {
      const jitter = (latency.jitterMs ?? 0) * (2 * proxy.random() - 1);
      await sleep(Math.max(0, at + latency.latencyMs + jitter - Date.now()));
    }
    if (proxy.active('timeout') || proxy.active('blackhole_one_way', direction)) {
      this.lossy = true;
      return;
    }
    const limit = proxy.active('limit_data', direction);
    const allowed = limit ? chunk.subarray(0, Math.max(0, limit.bytes - passed)) : chunk;
    for (let offset = 0; offset < allowed.length && !to.destroyed; ) {
      const piece = allowed.subarray(offset, offset + this.sliceSize(direction));
      const drained = to.write(piece);
      offset += piece.length;
      const wait = this.pauseAfter(direction, piece.length);
      if (wait > 0) await sleep(wait);
      if (!drained) await untilDrained(to);
    }
    if (limit && passed + chunk.length >= limit.bytes) this.reset();
  }

  private sliceSize(direction: Direction): number {
    const slicer = this.proxy.active('slicer');
    if (slicer) return Math.max(1, Math.round(slicer.averageBytes + (slicer.variation ?? 0) * (2 * this.proxy.random() - 1)));
    const bandwidth = this.proxy.active('bandwidth', direction);
    // A tenth of a second at a time.
    return bandwidth ? Math.max(1, Math.ceil(bandwidth.bytesPerSecond / 10)) : Number.POSITIVE_INFINITY;
  }
  private pauseAfter(direction: Direction, bytes: number): number {
    const bandwidth = this.proxy.active('bandwidth', direction);
    return (this.proxy.active('slicer')?.delayMs ?? 0) + (bandwidth ? (bytes / bandwidth.bytesPerSecond) * 1000 : 0);
  }
}

function untilDrained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
