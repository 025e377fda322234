import * as z from 'zod';
import { receiverWords, wordsOfBody } from '@/worker/network/receiver-words';
import { retryAfterMs } from '../http/outcome';
import { DELIVERED, type DeliveryError, type ErrorClass, type Outcome } from '../sink';
import type { NakadiAnswer } from './nakadi-api';

/** One item of Nakadi's answer to a batch; item i is about event i of the request (BatchItemResponse of its API). */
const items = z.array(
  z.object({
    publishing_status: z.enum(['submitted', 'failed', 'aborted']),
    step: z.enum(['none', 'validating', 'partitioning', 'enriching', 'publishing']).optional(),
    detail: z.string().optional(),
  }),
);

/** What an answer means for each event of its request; `again` = refused only because of others in the request. */
export type Verdict = Outcome | 'again';

/**
 * 200: all are published. 207: item by item. 422: none is published; the failed ones break a rule and would break it again, the aborted
 * ones were refused with them. A `failed` of 207 at step publishing is the bus' trouble, at an earlier step the event's.
 */
export function verdictsOf(answer: NakadiAnswer, keys: readonly (string | null)[], eventType: string, nowMs: number): Verdict[] {
  const { status } = answer;
  if (status === 200) return keys.map(() => DELIVERED);
  if (status !== 207 && status !== 422) {
    const error = wholeAnswer(answer, eventType, keys.length, nowMs);
    return keys.map(() => ({ ok: false, error }));
  }
  const parsed = items.safeParse(jsonIn(answer.body));
  if (!parsed.success || parsed.data.length !== keys.length) {
    const words = wordsOfBody(answer.body);
    return keys.map(() =>
      refusal(status === 422 ? 'contract' : 'transient', status, words ?? 'it does not say what became of the events', keys.length > 1),
    );
  }
  const list = parsed.data;
  if (status === 422 && !list.some((item) => item.publishing_status === 'failed')) {
    return keys.map(() => refusal('contract', status, 'it names no event that is to blame', keys.length > 1));
  }
  return list.map((item, index): Verdict => {
    if (item.publishing_status === 'submitted') return DELIVERED;
    if (item.publishing_status === 'aborted')
      return status === 422 ? 'again' : refusal('transient', status, 'it did not get to this event');
    const step = item.step ?? 'none';
    const words = receiverWords({ message: item.detail }) ?? `the event failed at step ${step}`;
    if (step === 'publishing' || (status === 207 && step === 'none')) {
      const overtaken = list.some((later, at) => at > index && later.publishing_status === 'submitted' && keys[at] === keys[index]);
      return refusal('transient', status, overtaken ? `${words}; a later event of its key was published before it` : words);
    }
    return refusal('contract', status, words);
  });
}

function wholeAnswer(answer: NakadiAnswer, eventType: string, count: number, nowMs: number): DeliveryError {
  const { status } = answer;
  const retryAfter = retryAfterMs(answer.retryAfter, nowMs);
  const errorClass = classOf(status);
  const words = status === 404 ? `there is no event type ${eventType}` : wordsOfBody(answer.body);
  const blame = count > 1 && (errorClass === 'contract' || errorClass === 'oversize');
  return {
    errorClass,
    status,
    message: words ? `Nakadi answered ${status}: ${words}` : `Nakadi answered ${status}.`,
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
    ...(blame ? { wholeBatch: true } : {}),
  };
}

function classOf(status: number): ErrorClass {
  if (status === 401 || status === 403) return 'auth';
  if (status === 413) return 'oversize';
  if (status === 429 || status === 503) return 'throttled';
  // 404: the event type is gone, which no event is to blame for.
  if (status === 404 || status === 408 || status >= 500) return 'transient';
  return 'contract';
}

function refusal(errorClass: ErrorClass, status: number, words: string, wholeBatch = false): Outcome {
  const blame = wholeBatch && errorClass === 'contract' ? { wholeBatch } : {};
  return { ok: false, error: { errorClass, status, message: `Nakadi answered ${status}: ${words}`, ...blame } };
}

function jsonIn(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return null;
  }
}
