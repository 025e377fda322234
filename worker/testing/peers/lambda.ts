import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpPeer } from './http-peer';
import { FunctionThread } from './lambda-thread';
import { signatureProblem } from './signature-v4';

/** Lambda's quota for a synchronous invocation, each way. */
const PAYLOAD_BYTES = 6_291_556;
const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export interface PeerFunction {
  /** A real handler file, an ES module that exports `handler`. */
  readonly file: string;
  /** The function's own timeout. */
  readonly timeoutMs: number;
}

/**
 * A Lambda of OUR OWN, not Amazon's: no registry has that. It speaks the Invoke API (paths, headers, error codes, limits) as its reference
 * says, verifies signatures and runs real handler files in a thread each, so it proves that the conversion keeps to what we read there, not
 * that AWS takes it. Its own rules have a test of their own (lambda.test.ts).
 */
export class LambdaPeer extends HttpPeer {
  readonly functions = new Map<string, PeerFunction>();
  /** Access key id → secret access key. */
  readonly keys = new Map<string, string>([['worker', 'canary-secret']]);
  /** Functions that a known key may not invoke. */
  readonly forbidden = new Set<string>();
  /** So many invocations are answered with 429 before the next one runs. */
  throttle = 0;
  retryAfter = '1';
  /** Answers every invocation with this error. */
  error: { readonly status: number; readonly code: string } | null = null;
  /** Invocations wait here before they run. */
  gate: Promise<void> = Promise.resolve();
  /** Invocations that came as far as the gate. */
  begun = 0;
  /** Ids of the records of each invocation that ran. */
  readonly invocations: string[][] = [];
  /** After so many more invocations ran, the connection is cut in place of the answer; null = never. */
  cutAfter: number | null = null;
  private readonly threads = new Map<string, FunctionThread>();

  override async down(): Promise<void> {
    await super.down();
    await Promise.all([...this.threads.values()].map((thread) => thread.end()));
    this.threads.clear();
  }

  /** Other code for a function: the thread that ran the former is ended. */
  async deploy(name: string, made: PeerFunction): Promise<void> {
    this.functions.set(name, made);
    await this.threads.get(name)?.end();
    this.threads.delete(name);
  }

  protected async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const refuse = (status: number, code: string, headers: Record<string, string> = {}) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code, ...headers })
        .end(JSON.stringify({ Type: 'User', message: code }));
    const path = FUNCTION_PATH.exec((request.url ?? '').split('?')[0] ?? '');
    if (request.method !== 'POST' || !path) return refuse(404, 'UnknownOperationException');
    const problem = signatureProblem(request, body, this.keys);
    if (problem) return refuse(403, problem);
    const name = decodeURIComponent(path[1] ?? '').split(':')[6] ?? decodeURIComponent(path[1] ?? '');
    if (this.forbidden.has(name)) return refuse(403, 'AccessDeniedException');
    const known = this.functions.get(name);
    if (!known) return refuse(404, 'ResourceNotFoundException');
    if (this.error) return refuse(this.error.status, this.error.code);
    if (request.headers['x-amz-invocation-type'] === 'DryRun') return void response.writeHead(204).end();
    if (body.length > PAYLOAD_BYTES) return refuse(413, 'RequestTooLargeException');
    if (this.throttle > 0) {
      this.throttle--;
      return refuse(429, 'TooManyRequestsException', { 'retry-after': this.retryAfter });
    }
    const event = readJson(body);
    if (event === undefined) return refuse(400, 'InvalidRequestContentException');
    this.begun++;
    await this.gate;
    const thread = this.threads.get(name) ?? new FunctionThread(known.file);
    this.threads.set(name, thread);
    const ran = await thread.invoke(body, known.timeoutMs);
    this.invocations.push((event as { records?: { id: string }[] }).records?.map(({ id }) => id) ?? []);
    if (this.cutAfter !== null && this.cutAfter-- <= 0) {
      this.cutAfter = null;
      return void response.destroy();
    }
    const answer = ran.payload.length > PAYLOAD_BYTES ? TOO_LARGE : ran;
    const failed = answer.error ? { 'x-amz-function-error': answer.error } : {};
    response.writeHead(200, { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST', ...failed }).end(answer.payload);
  }
}

const TOO_LARGE = {
  payload: JSON.stringify({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  }),
  error: 'Unhandled' as const,
};

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
