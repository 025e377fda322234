import { portalEnv } from '@/core/env';

/**
 * Address of the caller, for counting sign-in attempts. Next fills x-forwarded-for with the socket's address, after
 * instrumentation.ts has removed what a client wrote there; behind a proxy, name its header in SPILLWAY_ADDRESS_HEADER. The last
 * entry counts: it is the one that the nearest proxy added.
 */
export function callerAddress(headers: Record<string, unknown>): string {
  const name = (portalEnv().SPILLWAY_ADDRESS_HEADER ?? 'x-forwarded-for').toLowerCase();
  const value = headers[name];
  const last = typeof value === 'string' ? value.split(',').at(-1)?.trim() : undefined;
  return last?.slice(0, 100) || 'unknown';
}
