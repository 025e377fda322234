import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Gauge, printMetrics } from './metrics';

/** What the worker says of itself. */
export interface Health {
  /** False = 503: the supervisor has not made a turn for too long. */
  readonly ok: boolean;
  readonly [fact: string]: unknown;
}

/** Serves GET /healthz and /metrics on loopback only; nothing else of the worker listens. Port 0 = any. */
export async function serveHealth(
  port: number,
  health: () => Health,
  gauges: () => readonly Gauge[],
): Promise<{ port: number; close(): void }> {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' || (path !== '/healthz' && path !== '/metrics')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(printMetrics(gauges()));
      return;
    }
    const state = health();
    response.writeHead(state.ok ? 200 : 503, { 'content-type': 'application/json' }).end(`${JSON.stringify(state)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
