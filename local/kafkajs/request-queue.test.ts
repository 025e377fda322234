import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Queue {
  push(asked: object): void;
  fulfillRequest(answer: object): void;
  maybeThrottle(ms: number): void;
  destroy(): void;
}
const RequestQueue = createRequire(import.meta.url)('./request-queue.cjs') as new (options: object) => Queue;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const logger = { debug: () => {}, warn: () => {} };
  const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, clientId: 'c', broker: 'b', logger });
  const sent: number[] = [];
  const push = (correlationId: number) => {
    const entry = { correlationId, resolve: () => {}, reject: () => {} };
    queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
  };
  return { queue, sent, push, answer: (correlationId: number) => queue.fulfillRequest({ correlationId, payload: null, size: 0 }) };
}

test('a connection with nothing to send sets no timer', () => {
  const { sent, push, answer } = opened();
  push(1);
  answer(1);
  expect(sent).toEqual([1]);
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
