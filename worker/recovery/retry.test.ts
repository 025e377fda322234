import { expect, it } from 'vitest';
import { backOff } from './retry';

it('grows up to the cap and spreads over the whole range', () => {
  expect(backOff(1, 0.999)).toBe(200);
  expect(backOff(4, 0.5)).toBe(800);
  expect(backOff(50, 1)).toBe(30_000);
  expect(backOff(3, 0)).toBe(10);
});

it('never undercuts the wait that the sink asked for', () => {
  expect(backOff(1, 0.5, 7_000)).toBe(7_000);
  expect(backOff(20, 1, 7_000)).toBe(30_000);
});
