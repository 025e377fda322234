import { Pool } from 'undici';
import { SpillwayError } from '@/core/errors';
import type { HttpSinkSpec } from '@/core/spec/sink/http';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { AddressRefused, PRIVATE_TOO, PUBLIC_ONLY, type Resolve, systemResolve } from '@/worker/network/address-policy';
import { describeConnectionError, unreachable } from '@/worker/network/connection-error';
import { withDeadline } from '@/worker/network/deadline';
import { connectTo, guardedConnector } from '@/worker/network/guarded-connector';
import { readUpTo } from '@/worker/network/read-up-to';
import { DELIVERED, type Outcome, type Sink, type SinkContext } from '../sink';
import { checkHttp } from './check';
import { type HttpAnswer, outcomesOf } from './outcome';
import { requestBody } from './request-body';
import { createSigner } from './signature';

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const DEFAULT_EVENT_BYTES = 10 * 1024 * 1024;

/**
 * Posts events to a receiver as Standard Webhooks 1.0 describes.
 *
 * Guarantee: at-least-once. A lost answer makes the same events come again; `webhook-id` and each item's `id` stay
 * the same, so a receiver can tell. Delivered = the receiver answered 2xx, or named the event with 2xx in a 207.
 * Body: always a JSON array `[{"id", "key", "value"}]`; tombstones are not sent. Redirects and environment
 * proxies are not followed. Only the address that was checked is connected to.
 */
export function createHttpSink(
  spec: HttpSinkSpec,
  config: SinkTargetConfigOf<'Http'>,
  secret: string | null,
  context: SinkContext,
  resolve: Resolve = systemResolve,
): Sink {
  const url = targetUrl(config.url, spec.path);
  const signer = secret === null ? null : createSigner(secret);
  const allowed = config.allowPrivateNetwork ? PRIVATE_TOO : PUBLIC_ONLY;
  const connector = guardedConnector(allowed, resolve, CONNECT_TIMEOUT_MS);
  const pool = new Pool(url.origin, {
    connect: connector,
    connections: 8,
    pipelining: 1,
    keepAliveTimeout: 20_000,
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
  });

  async function post(batch: readonly OutboundEvent[], signal: AbortSignal): Promise<HttpAnswer> {
    const { id, body } = requestBody(batch);
    const timestamp = Math.floor(Date.now() / 1000);
    const response = await pool.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'spillway',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(signer ? { 'webhook-signature': signer.sign(id, timestamp, body) } : {}),
        'x-spillway-stream': context.streamName,
        'x-spillway-epoch': String(context.epoch),
      },
      body,
      signal,
    });
    const header = response.headers['retry-after'];
    const retryAfter = Array.isArray(header) ? header[0] : header;
    const { statusCode: status } = response;
    if (status === 207 || (status >= 400 && status < 500)) return { status, retryAfter, body: await readText(response.body) };
    // The status says all; the rest is read for the connection to stay usable, and dropped with it when it is long.
    await response.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => undefined);
    return { status, retryAfter, body: null };
  }

  return {
    limits: {
      maxBatchEvents: spec.maxBatchSize,
      maxBatchBytes: 1024 * 1024,
      maxEventBytes: config.maxEventBytes ?? DEFAULT_EVENT_BYTES,
      partialOutcomes: true,
    },

    async open(signal) {
      try {
        const socket = await withDeadline(signal, CONNECT_TIMEOUT_MS * 2, () => connectTo(connector, url));
        socket.destroy();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw unreachable(url.host, error);
      }
    },

    check: (signal) => checkHttp({ url, allowed, resolve, connector, signed: signer !== null, signal }),

    async write(batch, signal): Promise<readonly Outcome[]> {
      signal.throwIfAborted();
      const sent = batch.filter((event) => event.payload !== null);
      if (sent.length === 0) return batch.map(() => DELIVERED);
      const outcomes = await send(sent, signal);
      const byEvent = new Map(sent.map((event, index) => [event, outcomes[index] as Outcome]));
      return batch.map((event) => byEvent.get(event) ?? DELIVERED);
    },

    async close() {
      await pool.destroy();
    },
  };

  async function send(batch: readonly OutboundEvent[], signal: AbortSignal): Promise<readonly Outcome[]> {
    try {
      const answer = await withDeadline(signal, config.timeoutMs, (inner) => post(batch, inner));
      return outcomesOf(
        answer,
        batch.map((event) => event.id),
        Date.now(),
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // A refused address is nothing that an event is to blame for; only an admin can mend it.
      const errorClass = error instanceof AddressRefused ? 'auth' : 'transient';
      const outcome: Outcome = { ok: false, error: { errorClass, message: `${url.host}: ${describeConnectionError(error)}` } };
      return batch.map(() => outcome);
    }
  }
}

function targetUrl(base: string, path: string | undefined): URL {
  const url = new URL(base);
  if (url.username || url.password) {
    throw new SpillwayError('sink_misconfigured', 'The URL of the sink target carries credentials, which would end up in logs.', {
      remedy: 'Leave user and password out of the URL; requests are signed with the signing secret.',
    });
  }
  if (path) url.pathname = url.pathname.replace(/\/$/, '') + path;
  url.hash = '';
  return url;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string | null> {
  return (await readUpTo(MAX_ANSWER_BYTES, body))?.toString('utf8') ?? null;
}
