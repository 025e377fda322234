import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Queue {
  push(asked: object): void;
  fulfillRequest(answer: object): void;
  scheduleRequestTimeoutCheck(): void;
  maybeThrottle(ms: number): void;
  destroy(): void;
}
const RequestQueue = createRequire(import.meta.url)('./request-queue.cjs') as new (options: object) => Queue;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const logger = { debug: () => {}, warn: () => {} };
  const options = { maxInFlightRequests: 1, requestTimeout: 1_000, enforceRequestTimeout: true, clientId: 'c', broker: 'b', logger };
  const queue = new RequestQueue(options);
  queue.scheduleRequestTimeoutCheck();
  const sent: number[] = [];
  const overdue: number[] = [];
  const push = (correlationId: number) => {
    const entry = { correlationId, resolve: () => {}, reject: () => overdue.push(correlationId) };
    queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
  };
  return { queue, sent, overdue, push, answer: (correlationId: number) => queue.fulfillRequest({ correlationId, payload: null, size: 0 }) };
}

test('a connection with nothing under way has no timer, however often it is used', () => {
  const { sent, push, answer } = opened();
  expect(vi.getTimerCount()).toBe(0);
  for (const each of [1, 2]) {
    push(each);
    answer(each);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  }
  expect(sent).toEqual([1, 2]);
});

test('requests without an answer are given up after their time, one after the other, also those behind an answered one', () => {
  const { sent, overdue, push, answer } = opened();
  push(1);
  vi.advanceTimersByTime(900);
  answer(1);
  push(2);
  push(3);
  vi.advanceTimersByTime(1_000);
  expect(overdue).toEqual([]);
  vi.advanceTimersByTime(200);
  expect([sent, overdue]).toEqual([[1, 2, 3], [2]]);
  vi.advanceTimersByTime(1_200);
  expect(overdue).toEqual([2, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

test('what waits for an answer, or for a broker that asked for patience, is sent in turn', () => {
  const { queue, sent, push, answer } = opened();
  push(1);
  push(2);
  expect(sent).toEqual([1]);
  answer(1);
  expect(sent).toEqual([1, 2]);
  queue.maybeThrottle(500);
  push(3);
  answer(2);
  vi.advanceTimersByTime(499);
  expect(sent).toEqual([1, 2]);
  vi.advanceTimersByTime(20);
  expect(sent).toEqual([1, 2, 3]);
  queue.destroy();
});
