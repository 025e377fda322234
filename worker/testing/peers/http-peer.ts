import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An HTTP server of a test that comes up again on its port after it went down, and cuts its connections when it does. */
export abstract class HttpPeer {
  /** Connections that were ever made. */
  connections = 0;
  /** A free one once it is up; kept from then on. */
  port = 0;
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      bodyOf(request)
        .then((body) => this.handle(request, body, response))
        .catch(() => response.destroy());
    });
    server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async down(): Promise<void> {
    const closed = new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(null)));
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = null;
  }

  /** Answers one request; what it throws cuts the connection. */
  protected abstract handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
