import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { PASSWORD } from './portal-catalog';

const ROOT = join(import.meta.dirname, '..');

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body as sent, compressed if the server compresses. */
  readonly sent: number;
  /** From the request to the last byte. */
  readonly ms: number;
  readonly body: Buffer;
}

/** The built portal against a catalog, with one connection that is kept open. */
export class PortalServer {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    readonly base: string,
    private readonly process: ChildProcess,
  ) {}

  /** Throws when there is no build: a figure of `next dev` would say nothing. */
  static async start(catalogUrl: string): Promise<PortalServer> {
    if (!existsSync(join(ROOT, '.next/BUILD_ID'))) throw new Error('no build of the portal: run `npm run build` first');
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const env = { ...process.env, NODE_ENV: 'production', DATABASE_URL: catalogUrl, NEXTAUTH_URL: base };
    const child = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)], {
      cwd: ROOT,
      env: { ...env, NEXTAUTH_SECRET: randomBytes(24).toString('hex'), NEXT_TELEMETRY_DISABLED: '1' } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new PortalServer(base, child);
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(100)) {
      if (child.exitCode !== null) throw new Error(`the portal ended with ${child.exitCode}`);
      if (await server.read('/sign-in', '').catch(() => undefined)) return server;
    }
    throw new Error('the portal did not answer within 60 s');
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    await ended;
  }

  /** Signs in as a person of the filled catalog; returns their cookies. */
  async signIn(email: string): Promise<string> {
    const token = await this.read('/api/auth/csrf', '');
    const { csrfToken } = JSON.parse(token.body.toString()) as { csrfToken: string };
    const form = new URLSearchParams({ csrfToken, email, password: PASSWORD, json: 'true', callbackUrl: this.base }).toString();
    const answer = await this.#send('POST', '/api/auth/callback/credentials', cookiesOf([token]), form);
    const cookies = cookiesOf([token, answer]);
    if (!cookies.includes('session-token')) throw new Error(`${email} could not sign in: ${answer.status} ${answer.body}`);
    return cookies;
  }

  /** Rejects when the answer is not 200. */
  async read(path: string, cookie: string): Promise<Answer> {
    const answer = await this.#send('GET', path, cookie);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer;
  }

  #send(method: string, path: string, cookie: string, form?: string): Promise<Answer> {
    const began = performance.now();
    const headers = {
      cookie,
      'accept-encoding': 'gzip',
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) } : {}),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.base}${path}`, { method, headers, agent: this.#agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(parts);
          const { statusCode: status = 0, headers } = response;
          const ms = performance.now() - began;
          const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
          resolve({ status, headers, sent: body.length, ms, body: plain });
        });
      });
      sent.on('error', reject);
      sent.end(form);
    });
  }
}

function cookiesOf(answers: readonly Answer[]): string {
  return answers
    .flatMap(({ headers }) => headers['set-cookie'] ?? [])
    .map((line) => line.slice(0, line.indexOf(';')))
    .join('; ');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
