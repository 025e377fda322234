import * as z from 'zod';
import { SpillwayError } from '@/core/errors';
import { unreachable } from '@/worker/network/connection-error';
import { wordsOfBody } from '@/worker/network/receiver-words';
import type { NakadiApi } from './nakadi-api';
import type { EventTypeFacts } from './nakadi-event';
import { TokenRefused } from './tokens';

const schema = z.object({
  category: z.enum(['undefined', 'data', 'business']),
  cleanup_policy: z.string().optional(),
  partition_strategy: z.string().optional(),
});

/** Reads an event type. Throws SpillwayError (sink_unreachable, sink_auth_failed, sink_misconfigured) with the remedy. */
export async function readEventType(
  api: NakadiApi,
  name: string,
  flowId: string,
  host: string,
  signal: AbortSignal,
): Promise<EventTypeFacts> {
  const { status, body } = await api.call('GET', `/event-types/${encodeURIComponent(name)}`, flowId, null, signal);
  if (status === 401 || status === 403) {
    throw new SpillwayError('sink_auth_failed', `${host} answered ${status}: the token is not accepted for reading event type ${name}.`, {
      remedy: 'Renew the token, or give it the scope nakadi.event_stream.write.',
    });
  }
  if (status === 404) {
    throw new SpillwayError('sink_misconfigured', `Nakadi at ${host} has no event type ${name}.`, {
      remedy: 'Create the event type, or correct eventType.',
    });
  }
  if (status !== 200)
    throw new SpillwayError('sink_unreachable', `${host} answered ${status}${status < 500 ? `: ${wordsOfBody(body) ?? ''}` : '.'}`);
  const parsed = schema.safeParse(jsonIn(body));
  if (!parsed.success)
    throw new SpillwayError('sink_misconfigured', `${host} does not answer as Nakadi does.`, { remedy: 'Check the URL.' });
  const { category, cleanup_policy = 'delete', partition_strategy = 'random' } = parsed.data;
  if (partition_strategy === 'user_defined') {
    throw new SpillwayError('sink_misconfigured', `The event type ${name} wants its partition in each event (user_defined).`, {
      remedy: 'Change its partition_strategy to hash.',
    });
  }
  return { category, compacted: cleanup_policy.startsWith('compact') };
}

/** An error on the way to Nakadi, as `open()` throws it. */
export function openErrorOf(error: unknown, host: string): SpillwayError {
  if (error instanceof SpillwayError) return error;
  if (error instanceof TokenRefused)
    return new SpillwayError(error.credentials ? 'sink_auth_failed' : 'sink_unreachable', `${host}: ${error.message}`);
  return unreachable(host, error);
}

function jsonIn(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return null;
  }
}
