import { expect, it } from 'vitest';
import type { ErrorClass } from '@/worker/sink/sink';
import { backOff, waitAfter } from './retry';

it('grows up to the cap and spreads over the whole range', () => {
  expect(backOff(1, 0.999)).toBe(200);
  expect(backOff(4, 0.5)).toBe(800);
  expect(backOff(50, 1)).toBe(30_000);
  expect(backOff(3, 0)).toBe(10);
});

it('never undercuts the wait that the sink asked for, up to 300 s', () => {
  expect(backOff(1, 0.5, 7_000)).toBe(7_000);
  expect(backOff(20, 1, 7_000)).toBe(30_000);
  expect(backOff(1, 0.5, 86_400_000)).toBe(300_000);
});

// Shortest and longest wait after the 1st, 4th and 50th failure in a row; then with a Retry-After of 40 s and of a day.
it.each<[ErrorClass, ...(readonly [number, number])[]]>([
  ['transient', [10, 200], [10, 1_600], [10, 30_000], [40_000, 40_000], [300_000, 300_000]],
  ['throttled', [10, 200], [10, 1_600], [10, 30_000], [40_000, 40_000], [300_000, 300_000]],
  ['auth', [2_000, 2_000], [2_000, 2_000], [2_000, 30_000], [40_000, 40_000], [300_000, 300_000]],
  ['oversize', [10, 200], [10, 1_600], [10, 30_000], [40_000, 40_000], [300_000, 300_000]],
  ['contract', [10, 200], [10, 1_600], [10, 30_000], [40_000, 40_000], [300_000, 300_000]],
  ['poison', [10, 200], [10, 1_600], [10, 30_000], [40_000, 40_000], [300_000, 300_000]],
])('waits after %s with jitter, capped, and honours Retry-After', (errorClass, first, fourth, late, asked, absurd) => {
  const range = (failures: number, retryAfterMs?: number) =>
    [0, 1].map((random) =>
      waitAfter({ errorClass, message: 'x', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, failures, random),
    );
  expect([range(1), range(4), range(50), range(1, 40_000), range(9, 86_400_000)]).toEqual([first, fourth, late, asked, absurd]);
});
