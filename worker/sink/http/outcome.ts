import { receiverWords, wordsOfBody } from '@/worker/network/receiver-words';
import { DELIVERED, type DeliveryError, type ErrorClass, type Outcome } from '../sink';

/** What a receiver answered. `body` is read for 207 and for refusals, whose words a person will want. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string | null;
}

const MAX_RETRY_AFTER_MS = 300_000;

/** One outcome for each of the events of a request, by the receiver's status code. */
export function outcomesOf(answer: HttpAnswer, ids: readonly string[], nowMs: number): Outcome[] {
  if (answer.status === 207) return partialOutcomes(answer, ids, nowMs);
  const outcome = outcomeOf(answer.status, retryAfterMs(answer.retryAfter, nowMs), ids.length > 1, wordsOfBody(answer.body));
  return ids.map(() => outcome);
}

function outcomeOf(status: number, retryAfter: number | undefined, wholeBatch: boolean, words: string | null): Outcome {
  if (status >= 200 && status < 300) return DELIVERED;
  const errorClass = classOf(status, retryAfter);
  const blame = wholeBatch && (errorClass === 'contract' || errorClass === 'oversize');
  const error: DeliveryError = {
    errorClass,
    status,
    message: messageOf(status, words),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
    ...(blame ? { wholeBatch: true } : {}),
  };
  return { ok: false, error };
}

function classOf(status: number, retryAfter: number | undefined): ErrorClass {
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if (status === 413) return 'oversize';
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return 'throttled';
  if (status === 408 || status === 425 || status >= 500) return 'transient';
  return 'contract';
}

function messageOf(status: number, words: string | null): string {
  if (status >= 300 && status < 400) return `The receiver answered ${status}, a redirect. Redirects are not followed: give the final URL.`;
  return words ? `The receiver answered ${status}: ${words}` : `The receiver answered ${status}.`;
}

/** Retry-After in seconds or as a date, at most five minutes; undefined when absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** 207 with `[{"id":"…","status":200}, …]`: each event by its own. What is not named is not delivered. */
function partialOutcomes(answer: HttpAnswer, ids: readonly string[], nowMs: number): Outcome[] {
  const statuses = statusesOf(answer.body);
  if (statuses === null) {
    const error: DeliveryError = {
      errorClass: 'contract',
      status: 207,
      message: 'The receiver answered 207 without a JSON list of {"id", "status"} of at most 64 KiB.',
      ...(ids.length > 1 ? { wholeBatch: true } : {}),
    };
    return ids.map(() => ({ ok: false, error }));
  }
  const retryAfter = retryAfterMs(answer.retryAfter, nowMs);
  return ids.map((id) => {
    const answered = statuses.get(id);
    if (answered) {
      const { status, words } = answered;
      return outcomeOf(status, status === 429 || status === 503 ? retryAfter : undefined, false, words);
    }
    return {
      ok: false,
      error: { errorClass: 'transient', status: 207, message: 'The receiver answered 207 and did not name this event.' },
    };
  });
}

function statusesOf(body: string | null): Map<string, { readonly status: number; readonly words: string | null }> | null {
  let list: unknown;
  try {
    list = JSON.parse(body ?? '');
  } catch {
    return null;
  }
  if (!Array.isArray(list)) return null;
  const statuses = new Map<string, { status: number; words: string | null }>();
  for (const item of list as unknown[]) {
    if (typeof item !== 'object' || item === null || !('id' in item) || !('status' in item)) return null;
    if (typeof item.id !== 'string' || typeof item.status !== 'number' || !Number.isInteger(item.status) || item.status < 200) return null;
    // Named twice: a refusal wins over a success.
    if ((statuses.get(item.id)?.status ?? 0) <= item.status) statuses.set(item.id, { status: item.status, words: receiverWords(item) });
  }
  return statuses;
}
