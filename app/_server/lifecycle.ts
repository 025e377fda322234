import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { portalEnv } from '@/core/env';
import { messageOf } from '@/core/errors';
import { log } from '@/core/log';

/** On globalThis, because Next bundles instrumentation and routes apart from each other. */
const holder = globalThis as unknown as { spillwayShutdown?: AbortController };

/** Aborted on SIGTERM and SIGINT. Responses that stay open must end on it, or `next start` does not exit while one is open. */
export function shutdown(): AbortSignal {
  holder.spillwayShutdown ??= new AbortController();
  return holder.spillwayShutdown.signal;
}

/** Called once by instrumentation.ts. Throws when the environment is incomplete, so that the server does not start half. */
export function prepareServer(): void {
  const env = portalEnv();
  shutdown();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => holder.spillwayShutdown?.abort(signal));
  if (!env.SPILLWAY_ADDRESS_HEADER) subscribe('http.server.request.start', forgetClaimedAddress);
  log.info({ pid: process.pid }, 'portal started');
}

/** Without a proxy in front, x-forwarded-for is what the client claims; Next fills it from the socket when it is absent. */
function forgetClaimedAddress(message: unknown): void {
  const { request } = message as { request?: IncomingMessage };
  if (request) delete request.headers['x-forwarded-for'];
}

export function logRequestError(error: unknown, route: string): void {
  const digest = (error as { digest?: unknown } | null)?.digest;
  const id = typeof digest === 'string' ? digest : undefined;
  log.error({ id, route, reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined }, 'request failed');
}
