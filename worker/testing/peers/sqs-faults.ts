import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpPeer } from './http-peer';

interface Entry {
  readonly Id: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}
interface Failure {
  readonly code: string;
  readonly senderFault: boolean;
}

/**
 * An HTTP proxy of ours in front of a real SQS server: the server itself refuses single messages, throttles or asks for credentials on no
 * one's demand. Calls that no fault is set for go through as they are.
 */
export class SqsFaults extends HttpPeer {
  /** Messages that are taken out of a batch and answered as failed, by the event id in attribute `spillway.id`. */
  readonly refused = new Map<string, Failure>();
  /** Answers every call with this error, as SQS writes them (`__type` and the query-compatible header). */
  error: { readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> } | null = null;
  /** Access key ids that are accepted; null = all, signed or not. */
  accepted: string | null = null;
  /** Calls wait here before they go on. */
  gate: Promise<void> = Promise.resolve();
  readonly batches: number[] = [];

  constructor(private readonly target: number) {
    super();
  }

  protected async handle(request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> {
    await this.gate;
    if (response.destroyed) return;
    const accepted = this.accepted;
    if (accepted !== null && !request.headers.authorization?.includes(`Credential=${accepted}/`)) {
      return refuse(response, { status: 403, code: 'InvalidClientTokenId' });
    }
    if (this.error) return refuse(response, this.error);
    const body = raw.toString();
    const batch = String(request.headers['x-amz-target']).endsWith('.SendMessageBatch');
    const typed = batch ? (JSON.parse(body) as { Entries: Entry[] }) : { Entries: [] };
    if (batch) this.batches.push(typed.Entries.length);
    const failed = typed.Entries.flatMap((entry) => {
      const failure = this.refused.get(entry.MessageAttributes?.['spillway.id']?.StringValue ?? '');
      return failure ? [{ Id: entry.Id, Code: failure.code, Message: 'refused', SenderFault: failure.senderFault }] : [];
    });
    if (failed.length === 0) return this.forward(request, body, response, []);
    const left = typed.Entries.filter((entry) => !failed.some(({ Id }) => Id === entry.Id));
    if (left.length === 0) return void response.writeHead(200, JSON_TYPE).end(JSON.stringify({ Successful: [], Failed: failed }));
    return this.forward(request, JSON.stringify({ ...typed, Entries: left }), response, failed);
  }

  private async forward(request: IncomingMessage, body: string, response: ServerResponse, failed: readonly object[]): Promise<void> {
    const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${this.target}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const text = await answer.text();
    const parsed = failed.length > 0 ? JSON.stringify({ ...JSON.parse(text), Failed: failed }) : text;
    const query = answer.headers.get('x-amzn-query-error');
    response.writeHead(answer.status, { ...JSON_TYPE, ...(query ? { 'x-amzn-query-error': query } : {}) }).end(parsed);
  }
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

function refuse(response: ServerResponse, { status, code, headers }: NonNullable<SqsFaults['error']>): void {
  response
    .writeHead(status, { ...JSON_TYPE, 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}`, ...headers })
    .end(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: 'refused' }));
}
