import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry behind a proxy that asks for user and password, as registries in the world do. */
export interface SignedRegistry {
  readonly url: string;
  /** `user:password` that it lets in. */
  credentials: string;
  /** Requests that it let through, as `POST /subjects/…`. */
  readonly passed: string[];
  close(): Promise<void>;
}

export async function signedRegistry(target: string, credentials: string): Promise<SignedRegistry> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      if (request.headers.authorization !== `Basic ${Buffer.from(proxy.credentials).toString('base64')}`) {
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error_code":401,"message":"who is there"}');
        return;
      }
      proxy.passed.push(`${request.method} ${request.url}`);
      const method = request.method ?? 'GET';
      const contentType = request.headers['content-type'];
      try {
        const answer = await fetch(`${target}${request.url}`, {
          method,
          ...(contentType ? { headers: { 'content-type': contentType } } : {}),
          ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
        });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      } catch {
        // It is down: so is this connection.
        response.destroy();
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: SignedRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    passed: [],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
